"""What families declare of their income, line by line, kept with its paper."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from minzheng.core.readable_json import ReadableEncoder
from minzheng.core.rls import AppendOnly, Protect


def key(to: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=to, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0001_initial"),
        ("cases", "0008_grace_periods"),
        ("core", "0002_guards"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "IncomeStatement",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("told", models.JSONField(encoder=ReadableEncoder)),
                ("worked", models.JSONField(encoder=ReadableEncoder)),
                ("income", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("area", key("areas.area", db_column="area_code", related_name="+")),
                ("case", key("cases.case", null=True, related_name="income_statements")),
                ("declared_by", key(settings.AUTH_USER_MODEL, related_name="+")),
                ("document", key("core.document", related_name="+")),
                ("household", key("people.household", related_name="income_statements")),
            ],
            options={"db_table": "cases_income_statement"},
        ),
        migrations.AddIndex("incomestatement", models.Index(fields=["household", "on"], name="income_by_household")),
        migrations.AddConstraint(
            "incomestatement",
            models.CheckConstraint(condition=models.Q(income__gte=0), name="income_is_not_negative"),
        ),
        Protect("cases_income_statement"),
        AppendOnly("cases_income_statement"),
    ]
