"""What a programme pays in a period as one act, and each line of it."""

from django.db import models

from minzheng.areas.models import Area, AreaScoped
from minzheng.payments.models.funds import Fund


class RunState(models.TextChoices):
    COMPUTED = "computed", "已生成"
    SUBMITTED = "submitted", "待审批"
    APPROVED = "approved", "已审批"
    RELEASED = "released", "财政已拨付"
    SENT = "sent", "已送银行"
    RETURNS_BOOKED = "returns_booked", "回盘已登记"
    PAID = "paid", "已到账"
    CLOSED = "closed", "已办结"


class Run(AreaScoped):
    """What one programme pays in one area for one period, as one act."""

    number = models.TextField(unique=True)
    programme = models.TextField()
    month = models.DateField()
    """First day of the month (or of the period's last month) it is for."""
    ordinal = models.PositiveSmallIntegerField(default=1)
    """1: the period's own run; 2 and more: supplements (补发) after it was sent."""
    in_kind = models.BooleanField(default=False)
    state = models.TextField(choices=RunState)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="runs")
    people = models.PositiveIntegerField(default=0)
    payments_count = models.PositiveIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    bridge = models.JSONField(default=dict)
    """Last period to this one: opening, entered, left, up, down, arrears, closing; each in payments and fen."""
    computed_on = models.DateField()
    computed_at = models.DateTimeField()
    """When it was computed last: what was recorded later is news to the next run."""
    files = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    """The law it was computed with, as an assessment names it ({"policy": sha256, "rates": [sha256, …]})."""
    balance = models.BigIntegerField(null=True)
    """What its fund held, in fen, when its money was released (of goods: when it was approved)."""
    closed_on = models.DateField(null=True)

    class Meta:
        db_table = "payments_run"
        constraints = [
            models.UniqueConstraint(fields=["programme", "area", "month", "ordinal"], name="one_run_of_a_period"),
        ]


class RunStep(AreaScoped):
    """An act on a run: who, when, what. Append-only; conflicting acts of one person are refused by trigger."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="steps")
    act = models.TextField()
    state_after = models.TextField()
    on = models.DateField()
    actor = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "payments_run_step"


class PaymentState(models.TextChoices):
    COMPUTED = "computed", "待发放"
    HELD = "held", "缓发"
    SENT = "sent", "已送银行"
    PAID = "paid", "已到账"
    RETURNED = "returned", "退回"
    CANCELLED = "cancelled", "已撤销"
    AGREED = "agreed", "待抵扣"
    SET_OFF = "set_off", "已抵扣"


class PaymentKind(models.TextChoices):
    REGULAR = "regular", "当期"
    ARREARS = "arrears", "补发"
    RAISE = "raise", "提标补差"
    SET_OFF = "set_off", "抵扣"
    AGAIN = "again", "退回重发"


class Payment(AreaScoped):
    """One line of a run: what one award is paid for one benefit month.

    That what it points to is there is checked for all rows of a statement at once (migration 0012), not by foreign keys
    row by row; none of it can be taken away afterwards.
    """

    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, db_column="area_code", related_name="+", db_constraint=False, db_index=False
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="payments", db_constraint=False, db_index=False)
    award = models.ForeignKey(
        "awards.Award", on_delete=models.PROTECT, related_name="payments", db_constraint=False, db_index=False
    )
    programme = models.TextField()
    kind = models.TextField(choices=PaymentKind)
    benefit_month = models.DateField()
    amount = models.BigIntegerField()
    people = models.PositiveSmallIntegerField()
    in_kind = models.BooleanField(default=False)
    payee = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    state = models.TextField(choices=PaymentState)
    state_reason = models.TextField(blank=True)
    """Why it is held, returned or cancelled: a stable word (`death`, `no_account` …) or the bank's own text."""
    cancelled_at = models.DateTimeField(null=True)
    """Since when its month is owed again: a replay of a run before that moment counts it."""
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="repeated_by", db_index=False)
    """The returned payment that this one pays again."""
    account = models.ForeignKey(
        "people.Identifier", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    """The account it was sent to."""
    bank_file = models.ForeignKey(
        "BankFile", on_delete=models.PROTECT, null=True, related_name="payments", db_constraint=False, db_index=False
    )
    file_line = models.PositiveIntegerField(null=True)
    """Its number in the bank file, by which a return names it."""

    class Meta:
        db_table = "payments_payment"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_payment_pays_something"),
            models.CheckConstraint(
                condition=models.Q(kind="again", repeats__isnull=False)
                | (~models.Q(kind="again") & models.Q(repeats=None)),
                name="only_again_repeats",
            ),
            models.CheckConstraint(
                condition=models.Q(state="cancelled", cancelled_at__isnull=False)
                | (~models.Q(state="cancelled") & models.Q(cancelled_at=None)),
                name="a_cancelled_payment_says_when",
            ),
            models.UniqueConstraint(
                fields=["award", "benefit_month"],
                name="one_regular_payment_of_a_month",
                condition=models.Q(kind="regular") & ~models.Q(state="cancelled"),
            ),
            models.UniqueConstraint(
                fields=["run", "award", "benefit_month", "kind", "repeats"],
                name="one_line_of_a_month_in_a_run",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["repeats"],
                name="paid_again_once",
                condition=models.Q(repeats__isnull=False) & ~models.Q(state="cancelled"),
            ),
            models.UniqueConstraint(
                fields=["bank_file", "file_line"],
                name="one_line_of_a_file",
                condition=models.Q(bank_file__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["award", "benefit_month"], name="payment_by_award"),
            models.Index(
                fields=["area"], name="payment_open_by_area", condition=models.Q(state__in=["held", "returned"])
            ),
            models.Index(fields=["repeats"], name="payment_by_repeated", condition=models.Q(repeats__isnull=False)),
        ]
