"""Publications after a grant, which may rest on a roster without a case; dated photos of the notice board."""

import django.db.models.deletion
from django.db import migrations, models

from minzheng.core.rls import AppendOnly, Protect

PROGRAMME = """
update cases_posting p set programme = c.programme from cases_case c where c.id = p.case_id;
update cases_posting p set of_minor = true from cases_case c join people_person h on h.id = c.person_id
 where c.id = p.case_id and h.birth_date > p.posted_on - interval '18 years';
update cases_posting p set of_minor = true
  from cases_case c join people_membership m on m.household_id = c.household_id join people_person h on h.id = m.person_id
 where c.id = p.case_id and m.relation = 'head' and m.superseded_at is null and m.valid_from <= p.posted_on
   and (m.valid_to is null or m.valid_to > p.posted_on) and h.birth_date > p.posted_on - interval '18 years';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0001_initial"),
        ("cases", "0004_readable_json"),
        ("core", "0002_guards"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            "posting",
            "case",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="cases.case"
            ),
        ),
        migrations.AlterField("posting", "ends_on", models.DateField(null=True)),
        migrations.AddField(
            "posting",
            "decision",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="publications",
                to="cases.decision",
            ),
        ),
        migrations.AddField("posting", "programme", models.TextField(default=""), preserve_default=False),
        migrations.AddField("posting", "of_minor", models.BooleanField(default=False)),
        migrations.RunSQL(PROGRAMME, migrations.RunSQL.noop),
        migrations.CreateModel(
            "PostingPhoto",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("moment", models.TextField(choices=[("start", "张贴时"), ("end", "期满时")])),
                ("taken_on", models.DateField()),
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
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.document"
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="cases.posting"
                    ),
                ),
            ],
            options={"db_table": "cases_posting_photo"},
        ),
        migrations.AddIndex("postingphoto", models.Index(fields=["posting"], name="photo_by_posting")),
        Protect("cases_posting_photo"),
        AppendOnly("cases_posting_photo"),
    ]
