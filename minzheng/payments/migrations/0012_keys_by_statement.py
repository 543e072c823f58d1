"""What a line and a transfer point to is checked once for all rows of a statement, not by a foreign key for each row; and
no index is kept twice. docs/adr/0008 has the measurements, and which guarantee stands where.

A foreign key looks up and locks the row it points to, one at a time, and every update of a line enters it into every
index again. None of what is pointed to may ever be removed or renumbered, so it is enough that it is there when the line
is written: that is one join. Only lines themselves can be removed (a run is computed again); whoever removes some and
whoever books for them meet at the run's row, and the second one looks again.
"""

import django.db.models.deletion
from django.db import migrations, models

KEPT = {
    "areas_area": "code",
    "people_person": "id",
    "people_identifier": "id",
    "awards_award": "id",
    "payments_run": "id",
}
"""What lines and transfers point to, by its key; accounts, funds and bank files are kept already (0002, 0003)."""

KEEP = "".join(
    f"create trigger keep before update of {key} or delete or truncate on {table}"
    " for each statement execute function mz_refuse_change();\n"
    for table, key in KEPT.items()
)
KEEP += """
create trigger keep_number before update of id on payments_payment
    for each statement execute function mz_refuse_change();
create trigger keep_number before update of id on payments_account
    for each statement execute function mz_refuse_change();
"""
LET_GO = "".join(f"drop trigger keep on {table};" for table in KEPT)
LET_GO += "drop trigger keep_number on payments_payment; drop trigger keep_number on payments_account"

COLUMNS = (
    ("payments_payment", "area_code", "areas_area", True, True),
    ("payments_payment", "run_id", "payments_run", True, True),
    ("payments_payment", "award_id", "awards_award", True, True),
    ("payments_payment", "payee_id", "people_person", True, True),
    ("payments_payment", "repeats_id", "payments_payment", False, True),
    ("payments_payment", "account_id", "people_identifier", True, True),
    ("payments_payment", "bank_file_id", "payments_bank_file", True, True),
    ("payments_transfer", "area_code", "areas_area", True, True),
    ("payments_transfer", "debit_id", "payments_account", True, False),
    ("payments_transfer", "credit_id", "payments_account", True, False),
    ("payments_transfer", "run_id", "payments_run", True, True),
    ("payments_transfer", "payment_id", "payments_payment", True, True),
)
"""Table, column, what it points to; whether its foreign key goes, whether the index of this column alone goes."""


def let_go(table: str, column: str, _to: str, key: bool, index: bool) -> str:
    """Drop the foreign key of a column, and its indexes but for those with a name that a model gives."""
    return f"""
do $$
declare name text;
begin
    for name in
        select c.conname from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
        where c.conrelid = '{table}'::regclass and c.contype = 'f' and a.attname = '{column}' and {key}
    loop
        execute format('alter table {table} drop constraint %I', name);
    end loop;
    for name in
        select i.indexrelid::regclass::text from pg_index i
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indrelid = '{table}'::regclass and a.attname = '{column}' and i.indnatts = 1 and not i.indisunique
          and i.indpred is null and {index}
    loop
        execute format('drop index %I', name);
    end loop;
end $$;
"""


def put_back(table: str, column: str, to: str, key: bool, index: bool) -> str:
    again = (
        f"alter table {table} add foreign key ({column}) references {to} deferrable initially deferred;" if key else ""
    )
    return again + (f"create index on {table} ({column});" if index else "") or "select 1"


LINES = """
-- A line is for an award of its programme, to somebody who is there, in an area and a run that are there.
create function mz_payment_keys() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare wrong record;
begin
    execute $query$
        (select n.id from fresh n left join awards_award a on a.id = n.award_id and a.programme = n.programme
         where a.id is null order by 1 limit 1)
        union all
        (select n.id from fresh n left join people_person p on p.id = n.payee_id
         where n.payee_id is not null and p.id is null order by 1 limit 1)
        union all
        (select n.id from (select min(id) as id, area_code, run_id from fresh group by area_code, run_id) n
         left join areas_area a on a.code = n.area_code left join payments_run r on r.id = n.run_id
         where a.code is null or r.id is null limit 1)
    $query$ into wrong;
    if wrong.id is not null then
        raise exception 'payment_keys: payment % is for nobody who is there', wrong.id
            using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
create trigger keys_of_lines after insert on payments_payment
    referencing new table as fresh for each statement execute function mz_payment_keys();

-- It is sent with a file of its run, to an account of its payee.
create function mz_payment_sent_keys() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare wrong record;
begin
    execute $query$
        (select n.id from (select min(id) as id, bank_file_id, run_id from new_rows
                           where bank_file_id is not null group by bank_file_id, run_id) n
         left join payments_bank_file f on f.id = n.bank_file_id and f.run_id = n.run_id where f.id is null limit 1)
        union all
        (select n.id from new_rows n join old_rows o on o.id = n.id
         left join people_identifier i on i.id = n.account_id and i.person_id = n.payee_id and i.kind = 'account'
         where n.account_id is distinct from o.account_id and n.account_id is not null and i.id is null order by 1 limit 1)
    $query$ into wrong;
    if wrong.id is not null then
        raise exception 'payment_keys: payment % is not in a file of its run, or not to an account of its payee', wrong.id
            using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
create trigger keys_of_sent after update on payments_payment
    referencing old table as old_rows new table as new_rows for each statement execute function mz_payment_sent_keys();

-- A line that is in the ledger stays. Whoever books for lines of the run meanwhile is waited for, and then seen.
create function mz_payment_booked() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare booked boolean;
begin
    perform from payments_run where id in (select distinct run_id from gone) order by id for update;
    execute $query$
        select exists (select from gone g join payments_transfer t on t.payment_id = g.id and t.kind = 'sent')
            or exists (select from gone g join payments_transfer t on t.payment_id = g.id and t.kind = 'set_off')
            or exists (select from gone g join payments_transfer t on t.payment_id = g.id
                       and t.kind in ('paid', 'returned', 'given'))
    $query$ into booked;
    if booked then
        raise exception 'payment_booked: what is in the ledger stays' using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
create trigger booked_lines_stay after delete on payments_payment
    referencing old table as gone for each statement execute function mz_payment_booked();
"""

PLANNED_ANEW = """
-- A trigger keeps the plan of its first statement: one made for a single row compares a million with a million. Where rows
-- of a statement meet a table, or one another, the query is therefore planned each time, by how many rows there are (with
-- `order by`: for the first of any order the planner hopes to find one soon, and compares each with each); and tables are
-- read through their indexes, so that the cost grows with the rows written and not with the years behind them.
do $$
declare
    trigger_text text := pg_get_functiondef('mz_ledger_post()'::regprocedure);
    pair text[];
begin
    foreach pair slice 1 in array array[
        ['select t.id into wrong from fresh t
    left join payments_payment p', 'execute $query$ select t.id from fresh t
    left join payments_payment p'],
        ['f.account_id is distinct from coalesce(c.belongs_to_id, c.id)) limit 1;
    if found then', 'f.account_id is distinct from coalesce(c.belongs_to_id, c.id))
    order by 1 limit 1 $query$ into wrong;
    if wrong.id is not null then'],
        ['select t.id into wrong from fresh t
    where t.kind in (''returned'', ''paid'')', 'execute $query$ select t.id from fresh t
    where t.kind in (''returned'', ''paid'')'],
        ['s.payment_id = t.payment_id and s.kind = ''sent'') limit 1;
    if found then', 's.payment_id = t.payment_id and s.kind = ''sent'') order by 1 limit 1 $query$ into wrong;
    if wrong.id is not null then']
    ] loop
        if strpos(trigger_text, pair[1]) = 0 then
            raise exception 'mz_ledger_post has no “%”: have it planned anew by hand', pair[1];
        end if;
        trigger_text := replace(trigger_text, pair[1], pair[2]);
    end loop;
    execute trigger_text;
end $$;
alter function mz_ledger_post() set enable_seqscan = off;

create or replace function mz_payment_states() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare wrong record;
begin
    execute $query$
        select o.id, o.state as was, n.state as becomes from old_rows o join new_rows n on n.id = o.id
        where (o.state, n.state) not in (('computed', 'held'), ('held', 'computed'), ('computed', 'sent'),
                   ('computed', 'paid'), ('sent', 'paid'), ('sent', 'returned'), ('computed', 'cancelled'),
                   ('held', 'cancelled'), ('agreed', 'set_off'), ('agreed', 'cancelled'))
              and o.state <> n.state
           or (o.run_id, o.award_id, o.benefit_month, o.amount, o.kind, o.programme, o.area_code, o.repeats_id)
              is distinct from
              (n.run_id, n.award_id, n.benefit_month, n.amount, n.kind, n.programme, n.area_code, n.repeats_id)
        order by 1 limit 1
    $query$ into wrong;
    if wrong.id is not null then
        raise exception 'payment_state: payment % cannot go from % to %', wrong.id, wrong.was, wrong.becomes
            using errcode = 'integrity_constraint_violation';
    end if;
    -- Written so that `sent_once`, `settled_once` and `set_off_once` find the transfer of each payment.
    execute $query$
        select n.id, n.state from new_rows n join old_rows o on o.id = n.id and o.state <> n.state
        where n.state = 'sent' and not exists (
                  select from payments_transfer t where t.payment_id = n.id and t.kind = 'sent')
           or n.state = 'set_off' and not exists (
                  select from payments_transfer t where t.payment_id = n.id and t.kind = 'set_off')
           or n.state in ('returned', 'paid') and not exists (
                  select from payments_transfer t where t.payment_id = n.id and t.kind in ('paid', 'returned', 'given')
                     and (t.kind = n.state or t.kind = 'given' and n.state = 'paid'))
        order by 1 limit 1
    $query$ into wrong;
    if wrong.id is not null then
        raise exception 'payment_unbooked: payment % is not % in the ledger', wrong.id, wrong.state
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;

-- What has just been written is unknown to the planner; without this it takes a million lines for one.
create function mz_know_payments() returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    analyze payments_payment;
end $$;
"""

LEDGER = """
-- A transfer's accounts, run and area are there, and so is its payment. It runs before `ledger_post`, which looks at the
-- payments of a run in full: there the run's row is locked already, and no line of it can be removed any more.
create function mz_ledger_keys() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare wrong record;
begin
    perform from payments_run where id in (select distinct run_id from fresh) order by id for share;
    select n.id into wrong
    from (select min(id) as id, debit_id, credit_id, run_id, area_code from fresh
          group by debit_id, credit_id, run_id, area_code) n
    left join payments_account d on d.id = n.debit_id left join payments_account c on c.id = n.credit_id
    left join payments_run r on r.id = n.run_id left join areas_area a on a.code = n.area_code
    where d.id is null or c.id is null or a.code is null or n.run_id is not null and r.id is null limit 1;
    if found then
        raise exception 'ledger_keys: an account, the run or the area of transfer % is not there', wrong.id
            using errcode = 'foreign_key_violation';
    end if;
    -- `sent_once`, `settled_once` and `set_off_once` find the transfers of a payment; another kind is of none.
    select id into wrong from fresh
    where payment_id is not null and kind not in ('sent', 'returned', 'paid', 'given', 'set_off') limit 1;
    if found then
        raise exception 'ledger_keys: transfer % is of a kind that is for no payment', wrong.id
            using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
create trigger ledger_keys after insert on payments_transfer
    referencing new table as fresh for each statement execute function mz_ledger_keys();
"""

SEALS = """
create function mz_ledger_has_seal(noted bytea) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from payments_batch b where b.hash = noted)
$$;
"""


def key(to: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        to=to,
        **{"related_name": "+", "db_constraint": False, "db_index": False, **more},  # type: ignore[arg-type]
    )


STATE = [
    migrations.AlterField("payment", "area", key("areas.area", db_column="area_code")),
    migrations.AlterField("payment", "run", key("payments.run", related_name="payments")),
    migrations.AlterField("payment", "award", key("awards.award", related_name="payments")),
    migrations.AlterField("payment", "payee", key("people.person", null=True)),
    migrations.AlterField(
        "payment", "repeats", key("payments.payment", null=True, related_name="repeated_by", db_constraint=True)
    ),
    migrations.AlterField("payment", "account", key("people.identifier", null=True)),
    migrations.AlterField("payment", "bank_file", key("payments.bankfile", null=True, related_name="payments")),
    migrations.AlterField("transfer", "area", key("areas.area", db_column="area_code")),
    migrations.AlterField("transfer", "debit", key("payments.account", db_index=True)),
    migrations.AlterField("transfer", "credit", key("payments.account", db_index=True)),
    migrations.AlterField("transfer", "run", key("payments.run", null=True, related_name="transfers")),
    migrations.AlterField("transfer", "payment", key("payments.payment", null=True, related_name="transfers")),
]


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0011_paid_by_month"),
        ("areas", "0001_initial"),
        ("awards", "0007_changing_over"),
        ("people", "0005_account_agreements"),
    ]
    operations = [
        migrations.RunSQL(KEEP, LET_GO),
        # Django's own AlterField would drop unique constraints with a condition together with the index of their column.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(let_go(*column), put_back(*column)) for column in COLUMNS],
            state_operations=STATE,
        ),
        # The lines of a run are found by the key that keeps them apart.
        migrations.RemoveConstraint("payment", "one_line_of_a_month_in_a_run"),
        migrations.AddConstraint(
            "payment",
            models.UniqueConstraint(
                fields=["run", "award", "benefit_month", "kind", "repeats"],
                name="one_line_of_a_month_in_a_run",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            "payment",
            models.Index(
                fields=["area"], name="payment_open_by_area", condition=models.Q(("state__in", ["held", "returned"]))
            ),
        ),
        migrations.AddIndex(
            "payment",
            models.Index(
                fields=["repeats"], name="payment_by_repeated", condition=models.Q(("repeats__isnull", False))
            ),
        ),
        migrations.RunSQL(
            LINES,
            "drop function mz_payment_keys() cascade; drop function mz_payment_sent_keys() cascade;"
            " drop function mz_payment_booked() cascade",
        ),
        migrations.RunSQL(PLANNED_ANEW, "drop function mz_know_payments()"),
        migrations.RunSQL(LEDGER, "drop function mz_ledger_keys() cascade"),
        migrations.RunSQL(SEALS, "drop function mz_ledger_has_seal(bytea)"),
    ]
