"""What was paid too much, and how it came back: a way of the ledger from what was paid to the fund again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from minzheng.core.rls import AppendOnly, Protect

ROUTE = """
create or replace function mz_ledger_route(kind text, credit_kind text, debit_kind text, same boolean)
returns boolean language sql immutable parallel safe as $$
    select (kind, credit_kind, debit_kind) in (
               ('allocation', 'source', 'fund'), ('received', 'source', 'goods'), ('received', 'fund', 'goods'))
        or same and (kind, credit_kind, debit_kind) in (
               ('sent', 'fund', 'transit'), ('returned', 'transit', 'fund'), ('paid', 'transit', 'paid'),
               ('given', 'goods', 'given'), ('recovered', 'paid', 'fund'))
$$;
"""


def key(to: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=to, **more)  # type: ignore[arg-type]


ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0005_earlier_years"),
        ("awards", "0007_changing_over"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Receivable",
            fields=[
                ID,
                ("amount", models.BigIntegerField()),
                ("months", models.JSONField()),
                ("reason", models.TextField()),
                ("opened_on", models.DateField()),
                ("area", key("areas.area", db_column="area_code", related_name="+")),
                ("award", key("awards.award", related_name="receivables")),
                ("opened_by", key(settings.AUTH_USER_MODEL, related_name="+")),
            ],
            options={"db_table": "payments_receivable"},
        ),
        migrations.AddConstraint(
            "receivable",
            models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="a_receivable_claims_something"),
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ID,
                ("way", models.TextField(choices=[("paid_back", "本人退回"), ("written_off", "核销")])),
                ("amount", models.BigIntegerField()),
                ("on", models.DateField()),
                ("note", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("area", key("areas.area", db_column="area_code", related_name="+")),
                ("booked_by", key(settings.AUTH_USER_MODEL, related_name="+")),
                ("receivable", key("payments.receivable", related_name="recoveries")),
            ],
            options={"db_table": "payments_recovery"},
        ),
        migrations.AddConstraint(
            "recovery",
            models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="a_recovery_brings_something"),
        ),
        *[Protect(f"payments_{table}") for table in ("receivable", "recovery")],
        *[AppendOnly(f"payments_{table}") for table in ("receivable", "recovery")],
        migrations.RunSQL(ROUTE, migrations.RunSQL.noop),
    ]
