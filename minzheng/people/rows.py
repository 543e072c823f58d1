"""Rows with two times: corrected by new rows, never edited."""

from django.utils import timezone

from minzheng.people.models import Fact, Membership, Succession


def supersede(row: Membership | Fact | Succession) -> None:
    """Set `superseded_at`, once; the database allows no other change."""
    row.superseded_at = timezone.now()
    row.save(update_fields=["superseded_at"])
