"""Who sees these rows, what may not be edited, and amounts of one award that never overlap."""

from django.db import migrations

from minzheng.core.rls import Protect, SupersedeOnce

ONE_AMOUNT = """
alter table awards_amount add constraint one_amount_a_month exclude using gist (
    int8range(award_id, award_id, '[]') with &&,
    daterange(first_month, last_month, '[]') with &&
) where (superseded_at is null);
alter table awards_member add constraint covered_once_a_month exclude using gist (
    int8range(award_id, award_id, '[]') with &&,
    int8range(person_id, person_id, '[]') with &&,
    daterange(first_month, last_month, '[]') with &&
) where (superseded_at is null);
"""


class Migration(migrations.Migration):
    dependencies = [("awards", "0001_initial"), ("core", "0002_guards")]
    operations = [
        *[Protect(f"awards_{table}") for table in ("award", "member", "amount")],
        *[SupersedeOnce(f"awards_{table}") for table in ("member", "amount")],
        migrations.RunSQL(
            ONE_AMOUNT,
            "alter table awards_amount drop constraint one_amount_a_month;"
            " alter table awards_member drop constraint covered_once_a_month",
        ),
    ]
