"""Divisions by their statistical codes: 2, 4, 6, 9 or 12 digits by level, each a prefix of its children's."""

from django.db import models


class Level(models.TextChoices):
    PROVINCE = "province", "省"
    PREFECTURE = "prefecture", "市"
    COUNTY = "county", "县"
    TOWNSHIP = "township", "乡镇"
    COMMUNITY = "community", "村"
    GRID = "grid", "网格"


class Area(models.Model):
    """One division or grid. Its subtree is the key range from its code up."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    level = models.TextField(choices=Level)
    parent_code = models.TextField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "areas_area"
        indexes = [models.Index(fields=["parent_code", "code"], name="area_by_parent")]

    def __str__(self) -> str:
        return self.name

    @property
    def range_end(self) -> str:
        """The first key behind the subtree: `code <= x < range_end`."""
        return self.code + ":"


class AreaChange(models.Model):
    """A change of division: what was `old` is `new` from this day. One row for each pair."""

    old_code = models.TextField()
    new_code = models.TextField()
    on = models.DateField()
    source = models.TextField()

    class Meta:
        db_table = "areas_change"
        constraints = [models.UniqueConstraint(fields=["old_code", "new_code", "on"], name="one_change_of_a_pair")]


class AreaScoped(models.Model):
    """A record that belongs to an area: row-level security shows it to the scopes that hold the area."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_column="area_code", related_name="+")

    class Meta:
        abstract = True
