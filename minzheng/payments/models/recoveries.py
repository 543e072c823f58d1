"""What was paid too much, and what became of it."""

from django.db import models

from minzheng.areas.models import AreaScoped


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
