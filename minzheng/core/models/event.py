from django.db import models


class Event(models.Model):
    """Something that happened once and concerns several stages: a death, a move, a new standard. Append-only.

    Its handlers run in the transaction that records it (`core.events`).
    """

    kind = models.TextField()
    on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    subject_type = models.TextField()
    subject_id = models.BigIntegerField(null=True)
    area_code = models.TextField()
    payload = models.JSONField(default=dict)
    actor_id = models.BigIntegerField()

    class Meta:
        db_table = "core_event"
        indexes = [models.Index(fields=["subject_type", "subject_id", "on"], name="event_by_subject")]
