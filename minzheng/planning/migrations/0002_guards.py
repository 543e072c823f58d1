"""Who sees these rows."""

from django.db import migrations

from minzheng.core.rls import Protect


class Migration(migrations.Migration):
    dependencies = [("planning", "0001_initial"), ("core", "0002_guards")]
    operations = [
        Protect(table)
        for table in (
            "planning_plan",
            "planning_item",
        )
    ]
