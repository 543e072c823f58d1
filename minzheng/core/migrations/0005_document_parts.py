"""Documents that are too long for one piece lie in parts."""

import django.db.models.deletion
from django.db import migrations, models

from minzheng.core.rls import AppendOnly, Protect


class Migration(migrations.Migration):
    dependencies = [("core", "0004_drafts")]
    operations = [
        migrations.CreateModel(
            name="DocumentPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("key_id", models.TextField()),
                ("content", models.BinaryField()),
                ("area_code", models.TextField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="core.document"
                    ),
                ),
            ],
            options={
                "db_table": "core_document_part",
                "constraints": [
                    models.UniqueConstraint(fields=("document", "place"), name="one_part_of_a_place"),
                ],
            },
        ),
        Protect("core_document_part"),
        AppendOnly("core_document_part"),
    ]
