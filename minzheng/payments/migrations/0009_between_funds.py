"""What passes between two funds: down the levels and back, into the next year, and back to the source.

Both ends serve one source and one purpose, or the database refuses it. `mz_ledger_between_funds` is asked only for what
has no other way (`mz_ledger_route`), so a run's million rows pay nothing for it.
"""

from django.db import migrations

BETWEEN = """
-- Whether a transfer of this kind may go from one fund's account to another's (or, withdrawn, to its own source's).
create function mz_ledger_between_funds(kind text, credit bigint, debit bigint)
returns boolean language plpgsql stable set search_path = public, pg_temp as $$
declare
    giver record;
    taker record;
begin
    if kind not in ('passed_on', 'passed_back', 'carried_over', 'withdrawn') then
        return false;
    end if;
    select f.*, a.name into giver from payments_fund f join payments_account a on a.id = f.account_id
    where a.id = credit and a.kind = 'fund';
    if not found then
        return false;
    end if;
    if kind = 'withdrawn' then
        return exists (select from payments_account s
                       where s.id = debit and s.code = 'source/' || giver.area_code || '/' || giver.source);
    end if;
    select f.*, a.name into taker from payments_fund f join payments_account a on a.id = f.account_id
    where a.id = debit and a.kind = 'fund';
    if not found then
        return false;
    end if;
    if giver.source <> taker.source or giver.purpose <> taker.purpose then
        raise exception 'ledger_unlike: % has another source or purpose than %', taker.account_id, giver.account_id
            using errcode = 'integrity_constraint_violation',
                  detail = json_build_object('giver', giver.name, 'taker', taker.name);
    end if;
    if kind = 'carried_over' then
        return taker.area_code = giver.area_code and taker.year = giver.year + 1;
    elsif kind = 'passed_on' then
        return taker.year = giver.year and taker.area_code > giver.area_code and taker.area_code < giver.area_code || ':';
    end if;
    return taker.year = giver.year and giver.area_code > taker.area_code and giver.area_code < taker.area_code || ':';
end $$;
"""

POST = """
-- Two places of the ledger's trigger (migration 0003) know the new kinds; all else of it stays as it is.
do $$
declare
    trigger_text text := pg_get_functiondef('mz_ledger_post()'::regprocedure);
    pair text[];
begin
    foreach pair slice 1 in array array[
        ['where not mz_ledger_route(',
         'where not mz_ledger_between_funds(t.kind, c.id, d.id) and not mz_ledger_route('],
        ['where kind <> ''allocation'' group by',
         'where kind not in (''allocation'', ''withdrawn'', ''passed_on'', ''passed_back'', ''carried_over'') group by']
    ] loop
        if strpos(trigger_text, pair[1]) = 0 then
            raise exception 'mz_ledger_post has no “%”: teach it the kinds of this migration by hand', pair[1];
        end if;
        trigger_text := replace(trigger_text, pair[1], pair[2]);
    end loop;
    execute trigger_text;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_set_offs")]
    operations = [
        migrations.RunSQL(BETWEEN, "drop function mz_ledger_between_funds(text, bigint, bigint)"),
        migrations.RunSQL(POST, migrations.RunSQL.noop),
    ]
