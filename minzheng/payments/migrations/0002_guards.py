"""Who sees these rows, and separation of duties on runs."""

from django.db import migrations

from minzheng.core.rls import AppendOnly, Protect

TABLES = ("account", "fund", "run", "run_step", "payment", "transfer", "bank_file", "bank_return")

CONFLICT = """
create trigger refuse_conflict before insert on payments_run_step
    for each row execute function mz_refuse_conflict('run_id');
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("core", "0002_guards"), ("access", "0002_conflicts")]
    operations = [
        *[Protect(f"payments_{table}") for table in TABLES],
        *[AppendOnly(f"payments_{table}") for table in ("run_step", "bank_file", "transfer")],
        migrations.RunSQL(CONFLICT, "drop trigger refuse_conflict on payments_run_step"),
    ]
