"""Files for the bank, and what it could not pay."""

from django.db import models

from minzheng.areas.models import AreaScoped
from minzheng.payments.models.runs import Payment, Run


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
