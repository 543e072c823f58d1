"""The income statement of a family as it was declared."""

from django.db import models

from minzheng.areas.models import AreaScoped
from minzheng.core.readable_json import ReadableEncoder


class IncomeStatement(AreaScoped):
    """What a family said it lives on, what came of it, and the paper that says so. Append-only: a later one is
    another row."""

    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="income_statements")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="income_statements")
    on = models.DateField()
    """The day whose law and tables were used."""
    told = models.JSONField(encoder=ReadableEncoder)
    """`told.Told`, to fill the form in again."""
    worked = models.JSONField(encoder=ReadableEncoder)
    """`working.Worked`, line by line, with the files of the laws."""
    income = models.BigIntegerField()
    """Fen of a year."""
    document = models.ForeignKey("core.Document", on_delete=models.PROTECT, related_name="+")
    declared_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    """Who entered it."""
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "cases_income_statement"
        constraints = [models.CheckConstraint(condition=models.Q(income__gte=0), name="income_is_not_negative")]
        indexes = [models.Index(fields=["household", "on"], name="income_by_household")]
