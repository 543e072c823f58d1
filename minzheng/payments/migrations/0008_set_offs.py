"""Setting off what was paid too much: consents, withdrawals, what was had so in a run; and what the database refuses by
itself: without a consent in force, beyond what it says or what is left, below the floor, money without its line."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from minzheng.core.rls import AppendOnly, Protect

KINDS = [
    ("regular", "当期"),
    ("arrears", "补发"),
    ("raise", "提标补差"),
    ("set_off", "抵扣"),
    ("again", "退回重发"),
]
STATES = [
    ("computed", "待发放"),
    ("held", "缓发"),
    ("sent", "已送银行"),
    ("paid", "已到账"),
    ("returned", "退回"),
    ("cancelled", "已撤销"),
    ("agreed", "待抵扣"),
    ("set_off", "已抵扣"),
]
WAYS = [("paid_back", "本人退回"), ("set_off", "抵扣"), ("written_off", "核销")]

ROUTE = """
create or replace function mz_ledger_route(kind text, credit_kind text, debit_kind text, same boolean)
returns boolean language sql immutable parallel safe as $$
    select (kind, credit_kind, debit_kind) in (
               ('allocation', 'source', 'fund'), ('received', 'source', 'goods'), ('received', 'fund', 'goods'))
        or same and (kind, credit_kind, debit_kind) in (
               ('sent', 'fund', 'transit'), ('returned', 'transit', 'fund'), ('paid', 'transit', 'paid'),
               ('given', 'goods', 'given'), ('recovered', 'paid', 'fund'), ('set_off', 'fund', 'paid'))
$$;
"""

WAYS_OF_A_LINE = """
create or replace function mz_payment_states() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare wrong record;
begin
    select o.id, o.state as was, n.state as becomes into wrong from old_rows o join new_rows n on n.id = o.id
    where (o.state, n.state) not in (('computed', 'held'), ('held', 'computed'), ('computed', 'sent'), ('computed', 'paid'),
               ('sent', 'paid'), ('sent', 'returned'), ('computed', 'cancelled'), ('held', 'cancelled'),
               ('agreed', 'set_off'), ('agreed', 'cancelled'))
          and o.state <> n.state
       or (o.run_id, o.award_id, o.benefit_month, o.amount, o.kind, o.programme, o.area_code, o.repeats_id)
          is distinct from (n.run_id, n.award_id, n.benefit_month, n.amount, n.kind, n.programme, n.area_code, n.repeats_id)
    limit 1;
    if found then
        raise exception 'payment_state: payment % cannot go from % to %', wrong.id, wrong.was, wrong.becomes
            using errcode = 'integrity_constraint_violation';
    end if;
    select n.id, n.state into wrong from new_rows n join old_rows o on o.id = n.id and o.state <> n.state
    where n.state in ('sent', 'returned', 'paid', 'set_off') and not exists (
        select from payments_transfer t where t.payment_id = n.id
           and (t.kind = n.state or t.kind = 'given' and n.state = 'paid')) limit 1;
    if found then
        raise exception 'payment_unbooked: payment % is not % in the ledger', wrong.id, wrong.state
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
"""

ORDER = """
-- What is had so for a run: under a consent in force, not more than it says for the months of the pay cycle, not more
-- than is left of the claim and of what is under way.
create function mz_set_off_order() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    known record;
    leftover bigint;
begin
    perform pg_advisory_xact_lock(72300004, hashtext(new.award_id::text));
    select c.monthly, c.signed_on, c.receivable_id, r.award_id, r.amount, mz_today() as today into known
    from payments_consent c join payments_receivable r on r.id = c.receivable_id
    where c.id = new.consent_id and not exists (select from payments_withdrawal w where w.consent_id = c.id);
    if not found or known.award_id <> new.award_id or known.signed_on > known.today then
        raise exception 'set_off_consent: nothing is set off without a written consent in force'
            using errcode = 'integrity_constraint_violation';
    end if;
    leftover := known.amount
        - (select coalesce(sum(v.amount), 0) from payments_recovery v where v.receivable_id = known.receivable_id)
        - (select coalesce(sum(s.amount), 0) from payments_set_off s
           join payments_consent c on c.id = s.consent_id and c.receivable_id = known.receivable_id
           join payments_payment p on p.run_id = s.run_id and p.award_id = s.award_id and p.kind = 'set_off'
                and p.state = 'agreed'
           where s.run_id <> new.run_id);
    if new.amount > leftover or new.amount > known.monthly * new.months then
        raise exception 'set_off_amount: % fen are more than was agreed or is left', new.amount
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger agreed before insert on payments_set_off for each row execute function mz_set_off_order();

create function mz_set_off_dropped() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from gone s join payments_run r on r.id = s.run_id where r.state <> 'computed') then
        raise exception 'set_off_frozen: what is set off in a submitted run stays'
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create trigger frozen after delete on payments_set_off
    referencing old table as gone for each statement execute function mz_set_off_dropped();
create trigger keep before update or truncate on payments_set_off for each statement execute function mz_refuse_change();
revoke update, truncate on payments_set_off from mz_app;
"""

LINE = """
-- A line that is set off rests on what was had so, and leaves the floor. Row triggers with a condition: a million other
-- lines cost nothing but the look at their kind.
create function mz_set_off_line() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare known record;
begin
    select s.amount, s.floor into known from payments_set_off s
    where s.run_id = new.run_id and s.award_id = new.award_id
      and not exists (select from payments_withdrawal w where w.consent_id = s.consent_id);
    if not found or known.amount <> new.amount then
        raise exception 'set_off_consent: nothing is set off without a written consent in force'
            using errcode = 'integrity_constraint_violation';
    end if;
    if known.floor > (select coalesce(sum(p.amount), 0) from payments_payment p where p.run_id = new.run_id
                      and p.award_id = new.award_id and p.benefit_month = new.benefit_month and p.kind = 'regular') then
        raise exception 'set_off_floor: less than % fen would be left', known.floor
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create trigger set_off_leaves_the_floor after insert on payments_payment
    for each row when (new.kind = 'set_off') execute function mz_set_off_line();

create function mz_set_off_transfer() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (
        select from payments_payment p
        join payments_run r on r.id = p.run_id
        join payments_fund f on f.id = r.fund_id and f.account_id = new.credit_id
        join payments_set_off s on s.run_id = p.run_id and s.award_id = p.award_id
        where p.id = new.payment_id and p.kind = 'set_off' and p.state = 'agreed' and p.amount = new.amount
          and p.run_id = new.run_id and p.programme = new.programme and p.area_code = new.area_code
          and not exists (select from payments_withdrawal w where w.consent_id = s.consent_id)) then
        raise exception 'set_off_consent: transfer % sets off what nobody agreed to', new.id
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create trigger set_off_is_agreed after insert on payments_transfer
    for each row when (new.kind = 'set_off') execute function mz_set_off_transfer();
"""


def key(to: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=to, **more)  # type: ignore[arg-type]


ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
AREA = ("area", key("areas.area", db_column="area_code", related_name="+"))
RECORDED = [
    ("recorded_at", models.DateTimeField(auto_now_add=True)),
    ("recorded_by", key(settings.AUTH_USER_MODEL, related_name="+")),
]


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0007_late_standards_and_replay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterField("payment", "kind", models.TextField(choices=KINDS)),
        migrations.AlterField("payment", "state", models.TextField(choices=STATES)),
        migrations.AlterField("recovery", "way", models.TextField(choices=WAYS)),
        migrations.AddField("receivable", "letter", key("core.document", null=True, related_name="+")),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ID,
                AREA,
                ("receivable", key("payments.receivable", related_name="consents")),
                ("number", models.TextField()),
                ("signed_on", models.DateField()),
                ("signed_by", models.TextField()),
                ("monthly", models.BigIntegerField()),
                ("document", key("core.document", null=True, related_name="+")),
                *RECORDED,
            ],
            options={"db_table": "payments_consent"},
        ),
        migrations.AddConstraint(
            "consent",
            models.CheckConstraint(
                condition=models.Q(("monthly__gt", 0)) & ~models.Q(number="") & ~models.Q(signed_by=""),
                name="a_consent_says_how_much_and_by_whom",
            ),
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ID,
                AREA,
                (
                    "consent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="payments.consent"
                    ),
                ),
                ("on", models.DateField()),
                ("note", models.TextField(blank=True)),
                *RECORDED,
            ],
            options={"db_table": "payments_withdrawal"},
        ),
        migrations.CreateModel(
            name="SetOff",
            fields=[
                ID,
                AREA,
                ("run", key("payments.run", related_name="set_offs")),
                ("award", key("awards.award", related_name="+")),
                ("consent", key("payments.consent", related_name="set_offs")),
                ("amount", models.BigIntegerField()),
                ("floor", models.BigIntegerField()),
                ("months", models.PositiveSmallIntegerField()),
                ("ordered_by", key(settings.AUTH_USER_MODEL, related_name="+")),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"db_table": "payments_set_off"},
        ),
        migrations.AddConstraint(
            "setoff", models.UniqueConstraint(fields=("run", "award"), name="one_set_off_of_a_line")
        ),
        migrations.AddConstraint(
            "setoff",
            models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("floor__gt", 0), ("months__gt", 0)),
                name="a_set_off_leaves_something",
            ),
        ),
        migrations.AddField(
            "recovery",
            "set_off",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recovery",
                to="payments.setoff",
            ),
        ),
        migrations.AddConstraint(
            "recovery",
            models.CheckConstraint(
                condition=models.Q(("set_off__isnull", False), ("way", "set_off"))
                | (~models.Q(way="set_off") & models.Q(set_off=None)),
                name="a_set_off_was_had_so_in_a_run",
            ),
        ),
        migrations.AddConstraint(
            "transfer",
            models.UniqueConstraint(condition=models.Q(("kind", "set_off")), fields=("payment",), name="set_off_once"),
        ),
        *[Protect(f"payments_{table}") for table in ("consent", "withdrawal", "set_off")],
        *[AppendOnly(f"payments_{table}") for table in ("consent", "withdrawal")],
        migrations.RunSQL(ROUTE, migrations.RunSQL.noop),
        migrations.RunSQL(WAYS_OF_A_LINE, migrations.RunSQL.noop),
        migrations.RunSQL(
            ORDER, "drop function mz_set_off_order() cascade; drop function mz_set_off_dropped() cascade"
        ),
        migrations.RunSQL(LINE, "drop function mz_set_off_line() cascade; drop function mz_set_off_transfer() cascade"),
    ]
