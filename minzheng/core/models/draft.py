from django.db import models


class Draft(models.Model):
    """What somebody has typed into a form and not sent yet: one for each user and form, sealed as a whole, since a form
    may hold an identity or an account number. Not a record: it has no history, and is gone once the form is sent."""

    user_id = models.BigIntegerField()
    form = models.TextField()
    """The form's own name, e.g. `case-17-visit`."""
    area_code = models.TextField()
    key_id = models.TextField()
    sealed = models.BinaryField()
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "core_draft"
        constraints = [models.UniqueConstraint(fields=["user_id", "form"], name="one_draft_of_a_form")]
