"""The register of left-behind people (留守): children, women, elders."""

from django.db import models

from minzheng.areas.models import AreaScoped


class LeftBehindKind(models.TextChoices):
    CHILD = "child", "留守儿童"
    WOMAN = "woman", "留守妇女"
    ELDER = "elder", "留守老人"


class LeftBehind(AreaScoped):
    """A person on the register, from one day to another: who is away, who looks after them, what they need."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="left_behind")
    kind = models.TextField(choices=LeftBehindKind)
    who_is_away = models.TextField(blank=True)
    carer = models.TextField(blank=True)
    needs = models.TextField(blank=True)
    registered_on = models.DateField()
    ended_on = models.DateField(null=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        db_table = "care_left_behind"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], name="once_on_the_register", condition=models.Q(ended_on=None)
            )
        ]
