"""Funds, runs, payments, the ledger, bank files and returns."""

from django.db import models
from django.utils import timezone

from minzheng.areas.models import Area, AreaScoped


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


class Transfer(AreaScoped):
    """One row of the ledger: one transfer, so that it balances by construction. Append-only, chained by hash. What it
    points to is checked as that of payments is."""

    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, db_column="area_code", related_name="+", db_constraint=False, db_index=False
    )
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    """Where the money goes."""
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    """Where the money comes from."""
    amount = models.BigIntegerField()
    kind = models.TextField()
    """allocation, sent, paid, returned, set_off, recovered, received (goods), given (goods): see `mz_ledger_route`;
    withdrawn, passed_on, passed_back, carried_over: see `mz_ledger_between_funds`."""
    on = models.DateField()
    run = models.ForeignKey(
        Run, on_delete=models.PROTECT, null=True, related_name="transfers", db_constraint=False, db_index=False
    )
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, related_name="transfers", db_constraint=False, db_index=False
    )
    programme = models.TextField(blank=True)
    memo = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    row_hash = models.BinaryField(max_length=32)
    """SHA-256 over all other columns (`mz_transfer_hash`); written by `ledger.write`, checked by the trigger."""

    class Meta:
        db_table = "payments_transfer"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_transfer_moves_something"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="a_transfer_has_two_ends"),
            models.UniqueConstraint(fields=["payment"], name="sent_once", condition=models.Q(kind="sent")),
            models.UniqueConstraint(fields=["payment"], name="set_off_once", condition=models.Q(kind="set_off")),
            models.UniqueConstraint(
                fields=["payment"],
                name="settled_once",
                condition=models.Q(kind__in=["paid", "returned", "given"]),
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "kind", "on"], name="transfer_by_programme"),
            models.Index(fields=["run"], name="transfer_by_run", condition=models.Q(run__isnull=False)),
        ]


class Batch(models.Model):
    """The transfers of one statement, sealed: blocks of 1,000 row hashes, chained to the batch before. Written by the
    ledger's trigger alone."""

    id = models.BigIntegerField(primary_key=True)
    """1, 2, 3 … without gaps."""
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    """The ids of its transfers lie between these two."""
    count = models.BigIntegerField()
    total = models.BigIntegerField()
    blocks = models.BinaryField()
    """32 bytes for each block: SHA-256 of its row hashes in the order of their ids."""
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    """SHA-256 of previous hash, id, first, last, count, total, blocks."""
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "payments_batch"


class GoodsReceipt(AreaScoped):
    """Goods taken into stock: how many of what, at what value each. Append-only."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="receipts")
    item = models.TextField()
    quantity = models.PositiveIntegerField()
    unit_value = models.BigIntegerField()
    """Fen."""
    on = models.DateField()
    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, related_name="receipt")

    class Meta:
        db_table = "payments_goods_receipt"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, unit_value__gt=0), name="a_receipt_brings_something"
            )
        ]


class BankFile(AreaScoped):
    """A file for the bank: its bytes, its count and total. The same content can never be sent twice."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="bank_files")
    sequence = models.PositiveIntegerField()
    layout = models.TextField()
    sha256 = models.BinaryField(max_length=32, unique=True)
    count = models.PositiveIntegerField()
    total = models.BigIntegerField()
    """Fen."""
    document = models.ForeignKey("core.Document", on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField()

    class Meta:
        db_table = "payments_bank_file"
        constraints = [models.UniqueConstraint(fields=["area", "sequence"], name="one_file_of_a_number")]


class BankReturn(AreaScoped):
    """A payment that the bank could not make, with its reason."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="bank_return")
    returned_on = models.DateField()
    reason = models.TextField()
    code = models.TextField(default="other")
    """The bank's reason as one of the layout's own codes (`no_such_account`, `name_differs`, `closed`, `other`)."""
    repaired_on = models.DateField(null=True)
    """When the account had been put right: from then on the next run pays it again."""
    repaired_at = models.DateTimeField(null=True)
    """The same to the moment, for a replay of the runs of that day."""

    class Meta:
        db_table = "payments_bank_return"


class Receivable(AreaScoped):
    """What an award was paid too much (应追回). Append-only; what is left of it follows from its recoveries."""

    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="receivables")
    amount = models.BigIntegerField()
    """Fen."""
    months = models.JSONField()
    """[{"month": …, "paid": fen, "owed": fen}] as it stood when it was entered."""
    reason = models.TextField()
    letter = models.ForeignKey("core.Document", on_delete=models.PROTECT, null=True, related_name="+")
    opened_on = models.DateField()
    opened_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "payments_receivable"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_receivable_claims_something"),
        ]


class RecoveryWay(models.TextChoices):
    PAID_BACK = "paid_back", "本人退回"
    SET_OFF = "set_off", "抵扣"
    WRITTEN_OFF = "written_off", "核销"


class Recovery(AreaScoped):
    """So much of a receivable came back, or was given up. Append-only."""

    receivable = models.ForeignKey(Receivable, on_delete=models.PROTECT, related_name="recoveries")
    way = models.TextField(choices=RecoveryWay)
    amount = models.BigIntegerField()
    on = models.DateField()
    note = models.TextField(blank=True)
    set_off = models.OneToOneField("payments.SetOff", on_delete=models.PROTECT, null=True, related_name="recovery")
    """What was had so in a run, where it came back by being set off."""
    booked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "payments_recovery"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_recovery_brings_something"),
            models.CheckConstraint(
                condition=models.Q(way="set_off", set_off__isnull=False)
                | (~models.Q(way="set_off") & models.Q(set_off=None)),
                name="a_set_off_was_had_so_in_a_run",
            ),
        ]


from minzheng.payments.set_offs.models import Consent, SetOff, Withdrawal  # noqa: E402, F401
