"""Lists of parties handled together; what a matter alone knows."""

import django.db.models.deletion
from django.db import migrations, models

from minzheng.core.rls import Protect


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0001_initial"),
        ("cases", "0002_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="event_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="given",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="CaseList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.TextField(unique=True)),
                ("programme", models.TextField()),
                ("title", models.TextField()),
                ("drawn_on", models.DateField()),
                ("decided_on", models.DateField(null=True)),
                (
                    "area",
                    models.ForeignKey(
                        db_column="area_code",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="areas.area",
                    ),
                ),
            ],
            options={
                "db_table": "cases_list",
            },
        ),
        migrations.AddField(
            model_name="case",
            name="case_list",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="cases.caselist"
            ),
        ),
        Protect("cases_list"),
    ]
