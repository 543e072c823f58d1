"""The ledger: append-only transfers, written a statement at a time, sealed in batches, and verified as a whole.

A transfer is one row (debit account, credit account, amount > 0 fen): it balances by construction. The database's
trigger checks its way, its fund's purpose and balance, moves the balances and seals the batch (migration 0003).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

COLUMNS = 'debit_id, credit_id, amount, kind, "on", run_id, payment_id, programme, area_code, memo'
"""What `write` takes, in this order."""

# `{lines}` is a query of this package, never user input; values are parameters.
_WRITE = f"""
insert into payments_transfer (id, {COLUMNS}, recorded_at, row_hash)
select id, {COLUMNS}, recorded_at, mz_transfer_hash(
    id, debit_id, credit_id, amount, kind, "on", run_id, payment_id, programme, area_code, memo, recorded_at)
from (
    select nextval('payments_transfer_id_seq') as id, lines.*, statement_timestamp() as recorded_at
    from ({{lines}}) as lines ({COLUMNS})
) as numbered
"""  # noqa: S608


def write(lines: str, parameters: Sequence[Any]) -> int:
    """Write the transfers that a query yields (columns as in `COLUMNS`), as one batch. Returns how many.

    Raises IntegrityError with `ledger_overdraft`, `ledger_earmark` … (`refusals.translate` puts them into words).
    """
    with connection.cursor() as cursor:
        cursor.execute("select mz_ledger_lock()")
        cursor.execute(_WRITE.format(lines=lines), parameters)
        return int(cursor.rowcount)


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold. `what`: row_changed, rows_missing, block_broken, seal_broken, link_broken,
    not_sealed, balance_differs, seal_unknown."""

    batch: int | None
    what: str
    first: int | None
    last: int | None
    account: str

    def text(self) -> str:
        """What and where, in English, for the command line."""
        words = {
            "row_changed": "transfer {first} is not what was written",
            "rows_missing": "transfers are missing or were added between {first} and {last}",
            "block_broken": "the block of transfers {first} to {last} does not match its seal",
            "seal_broken": "the seal itself was changed (transfers {first} to {last})",
            "link_broken": "the chain to the batch before is broken",
            "not_sealed": "transfer {first} is in no batch",
            "seal_unknown": "the chain no longer holds the seal that was noted: it was cut off or written anew",
            "balance_differs": "the balance of account {account} is not the sum of its transfers",
        }[self.what].format(first=self.first, last=self.last, account=self.account)
        return words if self.batch is None else f"batch {self.batch}: {words}"


@dataclass(frozen=True)
class Verification:
    """The whole ledger checked. `head`: the last seal in hex; noted outside, it proves the length of the chain too."""

    batches: int
    transfers: int
    head: str
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        head = f"{self.batches} batches, {self.transfers} transfers, last seal {self.head or 'none'}"
        if self.first_broken is None:
            return f"{head}: sound"
        return f"{head}: BROKEN at {self.first_broken.text()}" + "".join(
            f"\n  then {one.text()}" for one in self.faults[1:20]
        )

    @property
    def sound(self) -> bool:
        return not self.faults

    @property
    def first_broken(self) -> Fault | None:
        return self.faults[0] if self.faults else None


def verify(noted: bytes | None = None) -> Verification:
    """Check every row, block, seal, link and balance, whatever the caller's scope; faults in the chain's order.

    noted: a seal that was written down outside. A chain that was cut off at its end, or written anew as a whole, holds
    in itself; it does not hold this one.
    """
    with connection.cursor() as cursor:
        cursor.execute("select batches, transfers, coalesce(encode(head, 'hex'), '') from mz_ledger_head()")
        batches, transfers, head = cursor.fetchone() or (0, 0, "")
        cursor.execute("select batch, what, first, last, account from mz_ledger_faults()")
        faults = tuple(Fault(*row) for row in cursor.fetchall())
        if noted is not None:
            cursor.execute("select mz_ledger_has_seal(%s)", [noted])
            if cursor.fetchone() != (True,):
                faults += (Fault(None, "seal_unknown", None, None, ""),)
    return Verification(batches, transfers, head, faults)
