"""Two acts that one person may not both do in one matter: the second is refused by the database.

Used on tables that record acts (columns `act`, `actor_id`); the trigger's argument names the matter's column. It runs
as the owner: under row-level security it would see only the caller's rows.
"""

from django.db import migrations

REFUSE_CONFLICT = """
create function mz_refuse_conflict() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare earlier text;
begin
    execute format(
        'select s.act from %I s join access_act_conflict c'
        ' on (c.first, c.second) in ((s.act, $1), ($1, s.act))'
        ' where s.%I = ($2).%I and s.actor_id = $3 limit 1', tg_table_name, tg_argv[0], tg_argv[0])
        into earlier using new.act, new, new.actor_id;
    if earlier is not null then
        raise exception 'act_conflict: % after %', new.act, earlier using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("core", "0002_guards")]
    operations = [migrations.RunSQL(REFUSE_CONFLICT, "drop function mz_refuse_conflict()")]
