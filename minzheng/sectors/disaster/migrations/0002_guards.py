"""Who sees these rows."""

from django.db import migrations

from minzheng.core.rls import Protect


class Migration(migrations.Migration):
    dependencies = [("disaster", "0001_initial"), ("core", "0002_guards")]
    operations = [
        Protect(table)
        for table in (
            "disaster_disaster",
            "disaster_report",
            "disaster_house",
        )
    ]
