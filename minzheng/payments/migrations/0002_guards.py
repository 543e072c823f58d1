"""Who sees these rows, what is never edited, and separation of duties on runs."""

from django.db import migrations

from minzheng.core.rls import AppendOnly, Protect

TABLES = ("account", "fund", "run", "run_step", "payment", "transfer", "bank_file", "bank_return", "goods_receipt")

CONFLICT = """
create trigger refuse_conflict before insert on payments_run_step
    for each row execute function mz_refuse_conflict('run_id');
"""

SEEN_BELOW = """
-- Who spends a fund sees it: a county's fund is read (never written) in the towns of the county.
create function mz_seen_below(area text) returns boolean language sql stable parallel safe as $$
    select coalesce(current_setting('mz.person', true), '') = ''
       and coalesce(current_setting('mz.organisation', true), '') = ''
       and exists (select from unnest(string_to_array(current_setting('mz.areas', true), ',')) held
                   where held <> '*' and held > area and held < area || ':')
$$;
create policy read_below on payments_fund for select using (mz_seen_below(area_code));
create policy read_below on payments_account for select using (mz_seen_below(area_code));
"""

BATCHES = """
-- Seals hold no person; the whole chain is for those who see everywhere, its verification is a function of its own.
alter table payments_batch enable row level security;
create policy by_scope on payments_batch using (mz_visible(''));
revoke insert on payments_batch from mz_app;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("core", "0002_guards"), ("access", "0002_conflicts")]
    operations = [
        *[Protect(f"payments_{table}") for table in TABLES],
        *[AppendOnly(f"payments_{table}") for table in ("run_step", "bank_file", "transfer", "batch", "goods_receipt")],
        migrations.RunSQL(CONFLICT, "drop trigger refuse_conflict on payments_run_step"),
        migrations.RunSQL(SEEN_BELOW, "drop function mz_seen_below(text) cascade"),
        migrations.RunSQL(BATCHES, "drop policy by_scope on payments_batch"),
    ]
