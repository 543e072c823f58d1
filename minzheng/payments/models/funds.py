"""Funds: accounts of the ledger, money for a purpose, its budget, and who bears what."""

from django.db import models
from django.utils import timezone

from minzheng.areas.models import AreaScoped


class AccountKind(models.TextChoices):
    SOURCE = "source", "资金来源"
    FUND = "fund", "专项资金"
    TRANSIT = "transit", "在途"
    PAID = "paid", "已发放"
    GOODS = "goods", "物资"
    GIVEN = "given", "已发物资"


class Account(AreaScoped):
    """An account of the ledger. Its balance is kept by the ledger's own trigger."""

    code = models.TextField(unique=True)
    name = models.JSONField()
    kind = models.TextField(choices=AccountKind)
    programme = models.TextField(blank=True)
    belongs_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")
    """The fund's own account, for what is under way from it, paid and given out of it."""
    may_be_negative = models.BooleanField(default=False)
    balance = models.BigIntegerField(default=0, editable=False)
    """What came in less what went out, in fen. A source's is minus what it has allocated: all balances sum to zero."""

    class Meta:
        db_table = "payments_account"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(may_be_negative=True) | models.Q(balance__gte=0), name="no_fund_below_zero"
            ),
            models.CheckConstraint(
                condition=models.Q(may_be_negative=False) | models.Q(kind="source"), name="only_sources_below_zero"
            ),
        ]


class FundSource(models.TextChoices):
    CENTRAL = "central", "中央"
    PROVINCIAL = "provincial", "省级"
    MUNICIPAL = "municipal", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡镇"
    LOTTERY = "lottery", "福彩公益金"
    DONATION = "donation", "捐赠"


class Fund(AreaScoped):
    """Money for a purpose, from a source, in a year: an account that pays only the programmes it is earmarked for."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="fund")
    year = models.PositiveSmallIntegerField()
    source = models.TextField()
    """One of `FundSource`."""
    purpose = models.JSONField()
    """The programmes it may pay, as a list of codes."""
    department = models.JSONField()
    earlier_years = models.BooleanField(default=True, db_default=True)
    """It may pay what is still owed for months of an earlier year (上年欠发), too; else those months are paid by that
    year's own fund, with a supplement of its December."""

    class Meta:
        db_table = "payments_fund"


class Budget(AreaScoped):
    """What a fund should get for a programme, in its area or a part of it (预算). Corrected by a new row: the
    one before is superseded."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="budgets")
    programme = models.TextField()
    amount = models.BigIntegerField()
    """Fen for the fund's year."""
    on = models.DateField()
    document = models.TextField()
    """The document that sets it, with its number."""
    expected_by = models.DateField(null=True)
    """By when the money should have come; null where the document sets no day."""
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_budget"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="a_budget_is_not_below_zero"),
            models.UniqueConstraint(
                fields=["fund", "area", "programme"],
                name="one_budget_of_a_programme_and_area",
                condition=models.Q(superseded_at=None),
            ),
        ]


class CostShare(AreaScoped):
    """Which level bears how much of what a programme costs in an area, since a day (分担比例). Append-only: what is set
    anew is a row of its own."""

    programme = models.TextField()
    since = models.DateField()
    parts = models.JSONField()
    """{source: hundredths of a per cent}, together 10,000 (`mz_shares_are_whole`)."""
    document = models.TextField()
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "payments_cost_share"
