"""Drafts: what was typed and not sent yet, kept by the server."""

from django.db import migrations, models

from minzheng.core.rls import Protect


class Migration(migrations.Migration):
    dependencies = [("core", "0003_task_lists")]
    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_id", models.BigIntegerField()),
                ("form", models.TextField()),
                ("area_code", models.TextField()),
                ("key_id", models.TextField()),
                ("sealed", models.BinaryField()),
                ("kept_at", models.DateTimeField()),
            ],
            options={
                "db_table": "core_draft",
                "constraints": [models.UniqueConstraint(fields=("user_id", "form"), name="one_draft_of_a_form")],
            },
        ),
        Protect("core_draft"),
    ]
