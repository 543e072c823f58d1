"""A receivable set off against later payments (抵扣): the written consent, its withdrawal, each time it was done."""

from django.db import models

from minzheng.areas.models import AreaScoped


class Consent(AreaScoped):
    """A person's written consent that so much a month is kept back for a receivable. Append-only; it ends by a
    withdrawal, or with the receivable."""

    receivable = models.ForeignKey("payments.Receivable", on_delete=models.PROTECT, related_name="consents")
    number = models.TextField()
    """Of the paper, as the office files it."""
    signed_on = models.DateField()
    signed_by = models.TextField()
    monthly = models.BigIntegerField()
    """Fen a month, at most."""
    document = models.ForeignKey("core.Document", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "payments_consent"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(monthly__gt=0) & ~models.Q(number="") & ~models.Q(signed_by=""),
                name="a_consent_says_how_much_and_by_whom",
            ),
        ]


class Withdrawal(AreaScoped):
    """A consent taken back: from this moment on nothing is set off under it. Append-only."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="withdrawal")
    on = models.DateField()
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "payments_withdrawal"


class SetOff(AreaScoped):
    """So much of what an award is paid in a run is kept back for a receivable, because somebody had it so. Taken out
    again when the run is computed anew; stays with a submitted run."""

    run = models.ForeignKey("payments.Run", on_delete=models.PROTECT, related_name="set_offs")
    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="set_offs")
    amount = models.BigIntegerField()
    """Fen."""
    floor = models.BigIntegerField()
    """Fen that must be left of the line, as worked out then."""
    months = models.PositiveSmallIntegerField()
    """Of the pay cycle: so many times what was agreed for a month, at most."""
    ordered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "payments_set_off"
        constraints = [
            models.UniqueConstraint(fields=["run", "award"], name="one_set_off_of_a_line"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, floor__gt=0, months__gt=0), name="a_set_off_leaves_something"
            ),
        ]
