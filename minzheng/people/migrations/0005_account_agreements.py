"""Agreements by which somebody's money goes to another's account."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from minzheng.core.rls import Protect

# Rows are added and read. With the person they go to another office's area; nothing else of them changes.
ONLY_MOVED = """
revoke update, delete, truncate on people_account_agreement from mz_app;
grant update (area_code) on people_account_agreement to mz_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_moves"),
        ("core", "0002_guards"),
        ("areas", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="AccountAgreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.TextField(choices=[("guardian", "代领"), ("one_card", "一卡通（家庭共用账户）")]),
                ),
                ("holder", models.TextField()),
                (
                    "relation",
                    models.TextField(
                        choices=[
                            ("guardian", "监护人"),
                            ("spouse", "配偶"),
                            ("child", "子女"),
                            ("parent", "父母"),
                            ("relative", "其他亲属"),
                            ("village", "村（居）民委员会"),
                            ("home", "供养服务机构"),
                            ("other", "其他"),
                        ]
                    ),
                ),
                ("number", models.TextField(blank=True)),
                ("signed_on", models.DateField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="people.identifier"
                    ),
                ),
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
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.document"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account_agreements",
                        to="people.person",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "people_account_agreement",
                "indexes": [models.Index(fields=["account"], name="agreement_by_account")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("document__isnull", False), models.Q(("number", ""), _negated=True), _connector="OR"
                        ),
                        name="an_agreement_is_on_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="an_agreement_ends_after_it_begins",
                    ),
                ],
            },
        ),
        Protect("people_account_agreement"),
        migrations.RunSQL(ONLY_MOVED, migrations.RunSQL.noop),
    ]
