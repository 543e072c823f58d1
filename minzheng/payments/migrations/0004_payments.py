"""What may happen to a payment once it is computed: its state moves along these ways, its content never."""

from django.db import migrations

STATES = """
revoke update, truncate on payments_payment from mz_app;
grant update (state, state_reason, account_id, bank_file_id, file_line) on payments_payment to mz_app;

create function mz_payment_states() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare wrong record;
begin
    select o.id, o.state as was, n.state as becomes into wrong from old_rows o join new_rows n on n.id = o.id
    where (o.state, n.state) not in (('computed', 'held'), ('held', 'computed'), ('computed', 'sent'), ('computed', 'paid'),
               ('sent', 'paid'), ('sent', 'returned'), ('computed', 'cancelled'), ('held', 'cancelled'))
          and o.state <> n.state
       or (o.run_id, o.award_id, o.benefit_month, o.amount, o.kind, o.programme, o.area_code, o.repeats_id)
          is distinct from (n.run_id, n.award_id, n.benefit_month, n.amount, n.kind, n.programme, n.area_code, n.repeats_id)
    limit 1;
    if found then
        raise exception 'payment_state: payment % cannot go from % to %', wrong.id, wrong.was, wrong.becomes
            using errcode = 'integrity_constraint_violation';
    end if;
    select n.id, n.state into wrong from new_rows n join old_rows o on o.id = n.id and o.state <> n.state
    where n.state in ('sent', 'returned', 'paid') and not exists (
        select from payments_transfer t where t.payment_id = n.id
           and (t.kind = n.state or t.kind = 'given' and n.state = 'paid')) limit 1;
    if found then
        raise exception 'payment_unbooked: payment % is not % in the ledger', wrong.id, wrong.state
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create trigger states after update on payments_payment
    referencing old table as old_rows new table as new_rows for each statement execute function mz_payment_states();

-- Lines can be computed anew only while their run has not been submitted.
create function mz_payment_lines() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from changed p join payments_run r on r.id = p.run_id where r.state <> 'computed') then
        raise exception 'payment_frozen: the lines of a submitted run stay as they are'
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create trigger frozen_lines_stay after delete on payments_payment
    referencing old table as changed for each statement execute function mz_payment_lines();
create trigger frozen_lines_only after insert on payments_payment
    referencing new table as changed for each statement execute function mz_payment_lines();
create trigger keep before truncate on payments_payment for each statement execute function mz_refuse_change();
revoke delete, truncate on payments_run, payments_bank_return from mz_app;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_ledger")]
    operations = [
        migrations.RunSQL(
            STATES,
            "drop function mz_payment_states() cascade; drop function mz_payment_lines() cascade;"
            " drop trigger keep on payments_payment",
        )
    ]
