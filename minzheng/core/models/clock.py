from django.db import models


class Clock(models.Model):
    """One row: the stored date, or null for the calendar's. Read through `core.clock`."""

    one = models.BooleanField(primary_key=True, default=True)
    day = models.DateField(null=True)

    class Meta:
        db_table = "core_clock"
        constraints = [models.CheckConstraint(condition=models.Q(one=True), name="one_clock")]
