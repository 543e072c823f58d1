"""Rounds of reviews: who sees them, and steps that are only added."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from minzheng.core.rls import AppendOnly, Protect


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0001_initial"),
        ("awards", "0003_overlaps_and_deaths"),
        ("core", "0002_guards"),
        ("people", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("programme", models.TextField()),
                ("kind", models.TextField()),
                ("label", models.JSONField()),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("listed_on", models.DateField()),
                ("due_on", models.DateField()),
                ("rules_hash", models.TextField()),
                ("closed_on", models.DateField(null=True)),
                ("seed", models.TextField(blank=True)),
                ("share", models.PositiveIntegerField(null=True)),
                ("population", models.PositiveIntegerField(null=True)),
                ("list_sha256", models.TextField(blank=True)),
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
                    "list_document",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.document"
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "awards_review_round",
            },
        ),
        migrations.CreateModel(
            name="ReviewLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("who", models.TextField()),
                ("people", models.PositiveSmallIntegerField()),
                ("address", models.TextField(blank=True)),
                ("route", models.TextField(blank=True)),
                ("review_class", models.TextField(blank=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "待核查"),
                            ("verified", "已核查"),
                            ("changed", "情况有变"),
                            ("warned", "已书面通知"),
                            ("suspended", "已暂停"),
                            ("returned", "已恢复"),
                            ("dead", "去世待核实"),
                            ("ended", "已退出"),
                        ],
                        default="open",
                    ),
                ),
                ("method", models.TextField(blank=True)),
                ("evidence", models.JSONField(default=dict)),
                ("settled_on", models.DateField(null=True)),
                ("warned_on", models.DateField(null=True)),
                ("served_on", models.DateField(null=True)),
                ("wait_until", models.DateField(null=True)),
                ("suspended_on", models.DateField(null=True)),
                ("returned_on", models.DateField(null=True)),
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
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="review_lines", to="awards.award"
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.household"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "warning",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.document"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="awards.reviewround"
                    ),
                ),
            ],
            options={
                "db_table": "awards_review_line",
            },
        ),
        migrations.CreateModel(
            name="ReviewStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.TextField()),
                ("state_before", models.TextField()),
                ("state_after", models.TextField()),
                ("method", models.TextField(blank=True)),
                ("on", models.DateField()),
                ("note", models.TextField(blank=True)),
                ("data", models.JSONField(default=dict)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "actor",
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
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="awards.reviewline"
                    ),
                ),
            ],
            options={
                "db_table": "awards_review_step",
            },
        ),
        migrations.CreateModel(
            name="ReviewFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("found_on", models.DateField()),
                ("found", models.TextField()),
                ("remedy", models.TextField()),
                ("due_on", models.DateField()),
                ("rule", models.TextField()),
                ("rectified_on", models.DateField(null=True)),
                ("how", models.TextField(blank=True)),
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
                    "found_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "rectified_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="awards.reviewline"
                    ),
                ),
            ],
            options={
                "db_table": "awards_review_finding",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rectified_by", None), ("rectified_on", None)),
                            models.Q(("rectified_by__isnull", False), ("rectified_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="rectified_by_somebody_on_a_day",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="reviewround",
            constraint=models.UniqueConstraint(
                fields=("programme", "kind", "area", "first_day"), name="one_round_of_a_kind_and_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("list_sha256", ""), ("population", None), ("seed", ""), ("share", None)),
                    models.Q(
                        models.Q(("seed", ""), _negated=True),
                        models.Q(("list_sha256", ""), _negated=True),
                        ("population__isnull", False),
                        ("share__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_sample_says_how_it_was_drawn",
            ),
        ),
        migrations.AddIndex(
            model_name="reviewline",
            index=models.Index(fields=["round", "area", "route"], name="review_line_by_village"),
        ),
        migrations.AddConstraint(
            model_name="reviewline",
            constraint=models.UniqueConstraint(fields=("round", "award"), name="an_award_once_in_a_round"),
        ),
        migrations.AddConstraint(
            model_name="reviewline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("served_on", None),
                    models.Q(("served_on__gte", models.F("warned_on")), ("warned_on__isnull", False)),
                    _connector="OR",
                ),
                name="a_letter_is_served_after_it_is_written",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("suspended_on", None),
                    models.Q(("suspended_on__gt", models.F("wait_until")), ("wait_until__isnull", False)),
                    _connector="OR",
                ),
                name="suspended_only_after_the_warning_ran_out",
            ),
        ),
        migrations.AddIndex(
            model_name="reviewstep",
            index=models.Index(fields=["line", "id"], name="review_step_by_line"),
        ),
        *[Protect(f"awards_review_{table}") for table in ("round", "line", "step", "finding")],
        AppendOnly("awards_review_step"),
    ]
