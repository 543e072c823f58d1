"""Files that go on from one another: seen from both ends, never changed."""

import django.db.models.deletion
from django.db import migrations, models

from minzheng.core.rls import AppendOnly

# The office that gave a family away sees where it went, as the one that took it sees where it came from; a row is
# written where the new file lies or the old one did.
SEEN_FROM_BOTH_ENDS = """
alter table people_succession enable row level security;
create policy by_scope on people_succession
    using (mz_visible(area_code) or mz_visible(from_area)) with check (mz_visible(area_code) or mz_visible(from_area));
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_guards"), ("areas", "0001_initial"), ("core", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="Succession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("head_died", "户主死亡"),
                            ("merged", "并户"),
                            ("split", "分户"),
                            ("moved", "迁移"),
                        ]
                    ),
                ),
                ("on", models.DateField()),
                ("before_number", models.TextField()),
                ("after_number", models.TextField()),
                ("note", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "area",
                    models.ForeignKey(
                        db_column="area_code",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="areas.area",
                    ),
                ),
                (
                    "from_area",
                    models.ForeignKey(
                        db_column="from_area",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="areas.area",
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="followed_by", to="people.household"
                    ),
                ),
                (
                    "after",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follows", to="people.household"
                    ),
                ),
            ],
            options={"db_table": "people_succession"},
        ),
        migrations.AddConstraint(
            "succession",
            models.UniqueConstraint(fields=("before", "after"), name="one_succession_of_two_files"),
        ),
        migrations.AddConstraint(
            "succession",
            models.CheckConstraint(
                condition=models.Q(("before", models.F("after")), _negated=True), name="a_file_follows_another"
            ),
        ),
        AppendOnly("people_succession"),
        migrations.RunSQL(SEEN_FROM_BOTH_ENDS, "drop policy by_scope on people_succession"),
    ]
