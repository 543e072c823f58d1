"""What an officer answered to the candidates of a month."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from minzheng.core.rls import AppendOnly, Protect


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_conflicts"),
        ("areas", "0001_initial"),
        ("awards", "0004_reviews"),
        ("core", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("key", models.TextField()),
                ("who", models.TextField(blank=True)),
                ("answer", models.TextField(choices=[("confirmed", "已确认"), ("refused", "不采纳")])),
                ("reason", models.TextField(blank=True)),
                ("answered_on", models.DateField()),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
            ],
            options={"db_table": "awards_month_answer"},
        ),
        migrations.AddConstraint(
            model_name="monthanswer",
            constraint=models.UniqueConstraint(fields=("month", "key"), name="a_candidate_is_answered_once"),
        ),
        migrations.AddConstraint(
            model_name="monthanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "refused"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_refusal_says_why",
            ),
        ),
        Protect("awards_month_answer"),
        AppendOnly("awards_month_answer"),
    ]
