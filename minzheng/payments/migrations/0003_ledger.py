"""The ledger's own rules, kept by one statement-level trigger: what a transfer may be, balances, and the seal.

The trigger runs as the owner: under row-level security it would see only the caller's rows. `pg_temp` stands last in its
path: left out, it would come first, and a caller's temporary table could pass for one of ours. Ledger writers wait for one
another (`mz_ledger_lock`), so that ids, seals and balances have one order.
"""

from django.db import migrations

HASH = """
create function mz_transfer_hash(
    id bigint, debit bigint, credit bigint, amount bigint, kind text, day date, run bigint, payment bigint,
    programme text, area text, memo text, recorded timestamptz
) returns bytea language sql stable parallel safe as $$
    select sha256(
        int8send(id) || int8send(debit) || int8send(credit) || int8send(amount) || date_send(day)
        || int8send(coalesce(run, 0)) || int8send(coalesce(payment, 0)) || timestamptz_send(recorded)
        || convert_to(concat_ws(E'\\x1f', kind, programme, area, memo), 'UTF8'))
$$;

create function mz_seal_hash(
    previous bytea, id bigint, first bigint, last bigint, count bigint, total bigint, blocks bytea
) returns bytea language sql immutable parallel safe as $$
    select sha256(previous || int8send(id) || int8send(first) || int8send(last) || int8send(count) || int8send(total)
                  || blocks)
$$;

create function mz_ledger_lock() returns void language sql as $$ select pg_advisory_xact_lock(72300001) $$;
"""

ROUTE = """
-- Each kind of transfer has its way; `same` says that both ends belong to one fund.
create function mz_ledger_route(kind text, credit_kind text, debit_kind text, same boolean)
returns boolean language sql immutable parallel safe as $$
    select (kind, credit_kind, debit_kind) in (
               ('allocation', 'source', 'fund'), ('received', 'source', 'goods'), ('received', 'fund', 'goods'))
        or same and (kind, credit_kind, debit_kind) in (
               ('sent', 'fund', 'transit'), ('returned', 'transit', 'fund'), ('paid', 'transit', 'paid'),
               ('given', 'goods', 'given'))
$$;
"""

POST = """
create function mz_ledger_post() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    wrong record;
    before payments_batch;
    sealed payments_batch;
    accounts bigint[];
    deltas bigint[];
begin
    if not exists (select from fresh) then
        return null;
    end if;
    perform mz_ledger_lock();

    select id into wrong from fresh where row_hash is distinct from mz_transfer_hash(
        id, debit_id, credit_id, amount, kind, "on", run_id, payment_id, programme, area_code, memo, recorded_at) limit 1;
    if found then
        raise exception 'ledger_hash: transfer % does not carry the hash of its content', wrong.id
            using errcode = 'integrity_constraint_violation';
    end if;

    select t.id, t.kind, c.code as credit, d.code as debit into wrong
    from (select min(id) as id, kind, credit_id, debit_id from fresh group by kind, credit_id, debit_id) t
    join payments_account c on c.id = t.credit_id join payments_account d on d.id = t.debit_id
    where not mz_ledger_route(t.kind, c.kind, d.kind,
                              coalesce(c.belongs_to_id, c.id) = coalesce(d.belongs_to_id, d.id)) limit 1;
    if found then
        raise exception 'ledger_route: % cannot go from % to %', wrong.kind, wrong.credit, wrong.debit
            using errcode = 'integrity_constraint_violation';
    end if;

    -- A fund pays only the programmes of its purpose; an allocation is for no programme.
    select c.code, c.name, t.programme into wrong
    from (select credit_id, programme from fresh where kind <> 'allocation' group by credit_id, programme) t
    join payments_account c on c.id = t.credit_id
    join payments_fund f on f.account_id = coalesce(c.belongs_to_id, c.id)
    where not f.purpose ? t.programme limit 1;
    if found then
        raise exception 'ledger_earmark: fund % does not pay %', wrong.code, wrong.programme
            using errcode = 'integrity_constraint_violation',
                  detail = json_build_object('fund', wrong.name, 'programme', wrong.programme);
    end if;

    -- What a payment is, its transfer says too: the amount, the run, the programme, the fund.
    select t.id into wrong from fresh t
    left join payments_payment p on p.id = t.payment_id and p.amount = t.amount and p.run_id = t.run_id
         and p.programme = t.programme and p.area_code = t.area_code
    left join payments_run r on r.id = p.run_id
    left join payments_fund f on f.id = r.fund_id
    left join payments_account c on c.id = t.credit_id
    where t.kind in ('sent', 'returned', 'paid', 'given')
      and (p.id is null or f.account_id is distinct from coalesce(c.belongs_to_id, c.id)) limit 1;
    if found then
        raise exception 'ledger_payment: transfer % differs from the payment it is for', wrong.id
            using errcode = 'integrity_constraint_violation';
    end if;

    -- What has not been sent cannot have been paid or returned.
    select t.id into wrong from fresh t
    where t.kind in ('returned', 'paid')
      and not exists (select from payments_transfer s where s.payment_id = t.payment_id and s.kind = 'sent') limit 1;
    if found then
        raise exception 'ledger_unsent: transfer % settles a payment that was never sent', wrong.id
            using errcode = 'integrity_constraint_violation';
    end if;

    select array_agg(account), array_agg(delta) into accounts, deltas from (
        select account, sum(delta)::bigint as delta from (
            select debit_id as account, sum(amount) as delta from fresh group by debit_id
            union all select credit_id, -sum(amount) from fresh group by credit_id) ends group by account) moves;

    select a.code, a.name, a.balance, -m.delta as needed into wrong
    from payments_account a join unnest(accounts, deltas) m (account, delta) on m.account = a.id
    where not a.may_be_negative and a.balance + m.delta < 0 order by a.id limit 1;
    if found then
        raise exception 'ledger_overdraft: % holds % fen, % are needed', wrong.code, wrong.balance, wrong.needed
            using errcode = 'integrity_constraint_violation',
                  detail = json_build_object('fund', wrong.name, 'balance', wrong.balance, 'needed', wrong.needed);
    end if;
    update payments_account a set balance = a.balance + m.delta
    from unnest(accounts, deltas) m (account, delta) where m.account = a.id;

    select * into before from payments_batch order by id desc limit 1;
    select coalesce(before.id, 0) + 1, min(low), max(high), sum(n), sum(amount), string_agg(hash, ''::bytea order by block)
      into sealed.id, sealed.first, sealed.last, sealed.count, sealed.total, sealed.blocks
    from (select block, min(id) as low, max(id) as high, count(*) as n, sum(amount) as amount,
                 sha256(string_agg(row_hash, ''::bytea order by id)) as hash
          from (select id, amount, row_hash, (row_number() over (order by id) - 1) / 1000 as block from fresh) numbered
          group by block) blocks;
    if sealed.first <= coalesce(before.last, 0) then
        raise exception 'ledger_order: transfer % stands before what is sealed already', sealed.first
            using errcode = 'integrity_constraint_violation';
    end if;
    sealed.previous_hash := coalesce(before.hash, decode(repeat('00', 32), 'hex'));
    sealed.hash := mz_seal_hash(sealed.previous_hash, sealed.id, sealed.first, sealed.last, sealed.count, sealed.total,
                                sealed.blocks);
    sealed.sealed_at := clock_timestamp();
    insert into payments_batch select sealed.*;
    return null;
end $$;

create trigger ledger_post after insert on payments_transfer
    referencing new table as fresh for each statement execute function mz_ledger_post();
"""

ACCOUNTS = """
-- An account opens empty, and only the ledger's trigger moves its balance.
create function mz_account_guard() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.balance <> 0 then
            raise exception 'ledger_balance: account % must open empty', new.code
                using errcode = 'integrity_constraint_violation';
        end if;
    elsif pg_trigger_depth() < 2 or (new.code, new.kind, new.belongs_to_id, new.may_be_negative)
            is distinct from (old.code, old.kind, old.belongs_to_id, old.may_be_negative) then
        raise exception 'ledger_balance: account % moves by transfers only', old.code
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger guard before insert or update on payments_account for each row execute function mz_account_guard();
create trigger keep before delete or truncate on payments_account for each statement execute function mz_refuse_change();
create trigger keep before update or delete or truncate on payments_fund
    for each statement execute function mz_refuse_change();
revoke update, delete, truncate on payments_account, payments_fund from mz_app;
"""

FAULTS = """
-- Everything again: each row's hash, each block, each seal, each link, each balance. Names no person.
create function mz_ledger_faults()
returns table (batch bigint, what text, first bigint, last bigint, account text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return query
    with links as (
        select b.*, lag(b.hash) over byid as hash_before, lag(b.id, 1, 0::bigint) over byid as id_before
        from payments_batch b window byid as (order by b.id)
    ), blocks as (
        select b.id as batch, n.block, min(n.id) as low, max(n.id) as high, count(*) as n, sum(n.amount) as amount,
               sha256(string_agg(n.row_hash, ''::bytea order by n.id)) as hash
        from payments_batch b, lateral (
            select t.id, t.amount, t.row_hash, (row_number() over (order by t.id) - 1) / 1000 as block
            from payments_transfer t where t.id between b.first and b.last) n
        group by b.id, n.block
    ), seen as (
        select k.batch, sum(k.n) as n, sum(k.amount) as amount from blocks k group by k.batch
    )
    select f.* from (
        select (select b.id from payments_batch b where t.id between b.first and b.last order by b.id limit 1), 'row_changed', t.id, t.id, ''
        from payments_transfer t where t.row_hash is distinct from mz_transfer_hash(t.id, t.debit_id, t.credit_id, t.amount,
            t.kind, t."on", t.run_id, t.payment_id, t.programme, t.area_code, t.memo, t.recorded_at)
        union all
        select l.id, 'rows_missing', l.first, l.last, '' from links l left join seen s on s.batch = l.id
        where (s.n, s.amount) is distinct from (l.count::numeric, l.total::numeric)
        union all
        select k.batch, 'block_broken', k.low, k.high, '' from blocks k join links l on l.id = k.batch
        where substring(l.blocks from (k.block * 32 + 1)::int for 32) <> k.hash
        union all
        select l.id, 'seal_broken', l.first, l.last, '' from links l
        where l.hash <> mz_seal_hash(l.previous_hash, l.id, l.first, l.last, l.count, l.total, l.blocks)
        union all
        select l.id, 'link_broken', l.first, l.last, '' from links l
        where l.id <> l.id_before + 1 or l.previous_hash <> coalesce(l.hash_before, decode(repeat('00', 32), 'hex'))
    ) f (batch, what, first, last, account)
    order by f.batch, array_position(array['row_changed', 'rows_missing', 'block_broken'], f.what), f.first;

    if (select count(*) from payments_transfer) <> (select coalesce(sum(b.count), 0) from payments_batch b) then
        return query select null::bigint, 'not_sealed', t.id, t.id, '' from payments_transfer t
        where not exists (select from payments_batch b where t.id between b.first and b.last) order by t.id;
    end if;

    return query
    select null::bigint, 'balance_differs', null::bigint, null::bigint, a.code from payments_account a
    left join (select ends.account, sum(ends.delta) as moved from (
            select t.debit_id as account, sum(t.amount) as delta from payments_transfer t group by 1
            union all select t.credit_id, -sum(t.amount) from payments_transfer t group by 1) ends group by 1) m
        on m.account = a.id
    where a.balance <> coalesce(m.moved, 0) order by a.code;
end $$;

create function mz_ledger_head() returns table (batches bigint, transfers bigint, head bytea)
language sql stable security definer set search_path = public, pg_temp as $$
    select count(*), coalesce(sum(b.count), 0)::bigint, (select h.hash from payments_batch h order by h.id desc limit 1)
    from payments_batch b
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_guards")]
    operations = [
        migrations.RunSQL(
            HASH,
            "drop function mz_ledger_lock(); drop function mz_seal_hash(bytea, bigint, bigint, bigint, bigint, bigint, bytea);"
            " drop function mz_transfer_hash(bigint, bigint, bigint, bigint, text, date, bigint, bigint, text, text, text,"
            " timestamptz)",
        ),
        migrations.RunSQL(ROUTE, "drop function mz_ledger_route(text, text, text, boolean)"),
        migrations.RunSQL(POST, "drop function mz_ledger_post() cascade"),
        migrations.RunSQL(ACCOUNTS, "drop function mz_account_guard() cascade; drop trigger keep on payments_fund"),
        migrations.RunSQL(FAULTS, "drop function mz_ledger_faults(); drop function mz_ledger_head()"),
    ]
