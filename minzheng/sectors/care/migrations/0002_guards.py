"""Who sees these rows."""

from django.db import migrations

from minzheng.core.rls import Protect


class Migration(migrations.Migration):
    dependencies = [("care", "0001_initial"), ("core", "0002_guards")]
    operations = [Protect(table) for table in ("care_left_behind",)]
