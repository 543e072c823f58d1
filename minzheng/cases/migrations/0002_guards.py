"""Who sees these rows, what may not be edited, separation of duties, and no visit in the future."""

from django.db import migrations

from minzheng.core.rls import AppendOnly, Protect

TABLES = ("case", "member", "step", "visit", "posting", "objection", "paper", "assessment", "decision")

CONFLICT = """
create trigger refuse_conflict before insert on cases_step
    for each row execute function mz_refuse_conflict('case_id');
"""

NO_FUTURE_VISIT = """
create function mz_no_future_visit() returns trigger language plpgsql as $$
begin
    if new.visited_on > mz_today() then
        raise exception 'visit_in_future: % is after today', new.visited_on
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger no_future_visit before insert or update on cases_visit
    for each row execute function mz_no_future_visit();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("core", "0002_guards"), ("access", "0002_conflicts")]
    operations = [
        *[Protect(f"cases_{table}") for table in TABLES],
        *[AppendOnly(f"cases_{table}") for table in ("step", "assessment", "decision")],
        migrations.RunSQL(CONFLICT, "drop trigger refuse_conflict on cases_step"),
        migrations.RunSQL(NO_FUTURE_VISIT, "drop function mz_no_future_visit() cascade"),
    ]
