from django.db import models


class AuditEntry(models.Model):
    """Who did what to which record. No foreign keys: it outlives what it speaks of. Append-only in the database."""

    recorded_at = models.DateTimeField(auto_now_add=True)
    on = models.DateField()
    actor_id = models.BigIntegerField()
    actor_name = models.TextField()
    action = models.TextField()
    subject_type = models.TextField()
    subject_id = models.BigIntegerField(null=True)
    area_code = models.TextField()
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "core_audit"
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_by_subject")]
