"""Who sees these rows, what may not be edited, and one circle of a kind at a time.

Without btree_gist an id stands in an exclusion constraint as the range that holds it alone.
"""

from django.db import migrations

from minzheng.core.rls import Protect, SupersedeOnce

ONE_CIRCLE = """
alter table people_membership add constraint one_circle_at_a_time exclude using gist (
    int8range(person_id, person_id, '[]') with &&,
    daterange(valid_from, valid_to, '[)') with &&
) where (superseded_at is null and circle = 'family');
alter table people_membership add constraint one_registered_household_at_a_time exclude using gist (
    int8range(person_id, person_id, '[]') with &&,
    daterange(valid_from, valid_to, '[)') with &&
) where (superseded_at is null and circle = 'registered');
"""
TABLES = ("person", "identifier", "household", "membership", "fact", "token")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("core", "0002_guards")]
    operations = [
        *[Protect(f"people_{table}") for table in TABLES],
        *[SupersedeOnce(f"people_{table}") for table in ("membership", "fact")],
        migrations.RunSQL(
            ONE_CIRCLE,
            "alter table people_membership drop constraint one_circle_at_a_time,"
            " drop constraint one_registered_household_at_a_time",
        ),
    ]
