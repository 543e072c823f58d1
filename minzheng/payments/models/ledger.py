"""The ledger: transfers, and the seals over them; goods that came into stock by one."""

from django.db import models

from minzheng.areas.models import Area, AreaScoped
from minzheng.payments.models.funds import Account, Fund
from minzheng.payments.models.runs import Payment, Run


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
