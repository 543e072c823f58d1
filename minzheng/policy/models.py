"""The law as it was used: policy, rate and procedure files by their content."""

from django.db import models


class PolicyFile(models.Model):
    """One file of the law as data, kept for ever under the hash of its content; assessments name the ones they used."""

    sha256 = models.TextField(primary_key=True)
    kind = models.TextField()
    """policy, rates, procedure, facts."""
    programme = models.TextField(blank=True)
    path = models.TextField()
    content = models.TextField()
    in_force = models.BooleanField(default=True)
    """False once another content has taken this path's place."""
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "policy_file"
        constraints = [
            models.UniqueConstraint(fields=["path"], name="one_file_in_force", condition=models.Q(in_force=True))
        ]
