"""Explanations are written as they are read; nothing changes in the database."""

from django.db import migrations, models

from minzheng.core.readable_json import ReadableEncoder


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_case_lists")]
    operations = [
        migrations.AlterField("assessment", name, models.JSONField(encoder=ReadableEncoder))
        for name in ("inputs", "explanation")
    ]
