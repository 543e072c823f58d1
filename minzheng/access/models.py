"""Users, offices, and which role a user has where. The lists of permissions themselves are policies/roles.yaml."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from minzheng.areas.models import Area


class Office(models.Model):
    """A civil-affairs office, a finance office, a village committee: where users work and what heads its papers."""

    name = models.TextField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_column="area_code")
    kind = models.TextField(default="civil_affairs")
    phone = models.TextField(blank=True)
    """For enquiries; printed on notices."""

    class Meta:
        db_table = "access_office"

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    """Somebody who signs in. What they may do and see follows from their assignments."""

    username = models.TextField(unique=True)
    name = models.TextField()
    office = models.ForeignKey(Office, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = BaseUserManager["User"]()

    class Meta:
        db_table = "access_user"

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Django's admin is not installed; nobody gets into it."""
        return False


class Assignment(models.Model):
    """A user has a role in an area, from one day to another."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    role = models.TextField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_column="area_code")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "access_assignment"
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "area", "valid_from"], name="one_assignment_of_a_kind"),
        ]


class ActConflict(models.Model):
    """A pair of acts in one matter that one person may not both do, from roles.yaml. The database refuses the second
    (trigger `mz_refuse_conflict` on the tables that record acts)."""

    first = models.TextField()
    second = models.TextField()

    class Meta:
        db_table = "access_act_conflict"
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="one_conflict_of_a_pair")]
