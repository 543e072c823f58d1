"""Reading income statements."""

from minzheng.cases.income import told
from minzheng.cases.income.models import IncomeStatement
from minzheng.people.models import Household


def last_told(household: Household) -> told.Told | None:
    """What the family said the last time, to be gone through again."""
    found = IncomeStatement.objects.filter(household=household).order_by("-on", "-pk").first()
    return told.Told.of(found.told) if found else None
