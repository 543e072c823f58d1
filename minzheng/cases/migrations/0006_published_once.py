"""What is up is found quickly; a decision is published once at a time. Apart from 0005: an index cannot be made in the
transaction that has changed rows of its table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_publications")]
    operations = [
        migrations.AddIndex(
            "posting",
            models.Index(fields=["area", "ends_on"], name="posting_up", condition=models.Q(taken_down_on=None)),
        ),
        migrations.AddConstraint(
            "posting",
            models.UniqueConstraint(
                fields=["decision"],
                name="published_once",
                condition=models.Q(kind="publication", taken_down_on=None),
            ),
        ),
        migrations.AddConstraint(
            "posting",
            models.CheckConstraint(
                condition=models.Q(kind="posting", case__isnull=False, ends_on__isnull=False, decision=None)
                | models.Q(kind="publication", decision__isnull=False, case=None),
                name="a_posting_has_its_case_and_a_publication_its_decision",
            ),
        ),
    ]
