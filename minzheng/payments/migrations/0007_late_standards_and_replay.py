"""Lines for a standard published late, a state for booked returns, what the fund held when a run was released, and what the replay
of a run needs: the law it was computed with, and since when a cancelled or a repaired payment counts otherwise."""

from django.db import migrations, models

RUN_STATES = [
    ("computed", "已生成"),
    ("submitted", "待审批"),
    ("approved", "已审批"),
    ("released", "财政已拨付"),
    ("sent", "已送银行"),
    ("returns_booked", "回盘已登记"),
    ("paid", "已到账"),
    ("closed", "已办结"),
]
KINDS = [("regular", "当期"), ("arrears", "补发"), ("raise", "提标补差"), ("again", "退回重发")]

EARLIER = """
-- What was cancelled before this column was there: at the latest when the month came again, else now.
update payments_payment p set cancelled_at = coalesce(
    (select min(r.computed_at) from payments_payment later join payments_run r on r.id = later.run_id
     where later.award_id = p.award_id and later.benefit_month = p.benefit_month and later.id > p.id), now())
where p.state = 'cancelled';
update payments_bank_return set repaired_at = repaired_on where repaired_on is not null;
grant update (cancelled_at) on payments_payment to mz_app;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_receivables")]
    operations = [
        migrations.AlterField("run", "state", models.TextField(choices=RUN_STATES)),
        migrations.AlterField("payment", "kind", models.TextField(choices=KINDS)),
        migrations.AddField(
            "run", "files", models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
        ),
        migrations.AddField("run", "balance", models.BigIntegerField(null=True)),
        migrations.AddField("payment", "cancelled_at", models.DateTimeField(null=True)),
        migrations.AddField("bankreturn", "repaired_at", models.DateTimeField(null=True)),
        migrations.RunSQL(EARLIER, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=models.Q(state="cancelled", cancelled_at__isnull=False)
                | (~models.Q(state="cancelled") & models.Q(cancelled_at=None)),
                name="a_cancelled_payment_says_when",
            ),
        ),
    ]
