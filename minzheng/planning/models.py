"""What was promised: a year's plan and its items."""

from django.db import models

from minzheng.areas.models import AreaScoped


class Plan(AreaScoped):
    """The work plan of an office for a year."""

    year = models.PositiveSmallIntegerField()
    title = models.TextField()
    adopted_on = models.DateField()

    class Meta:
        db_table = "planning_plan"
        constraints = [models.UniqueConstraint(fields=["area", "year"], name="one_plan_a_year")]


class PlanItem(AreaScoped):
    """One goal of a plan, in words; where it can be counted, the indicator that counts it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    goal = models.JSONField()
    """Text by language."""
    indicator = models.TextField(blank=True)
    """The measure that shows its extent or progress, e.g. `lonely_elders_58_60`."""
    target = models.BigIntegerField(null=True)
    owner = models.TextField(blank=True)

    class Meta:
        db_table = "planning_item"
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="one_item_in_a_place")]
