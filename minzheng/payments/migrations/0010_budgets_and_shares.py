"""What a fund should get (budgets), and which level bears how much of what a programme costs (shares)."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from minzheng.core.rls import AppendOnly, Protect, SupersedeOnce

BUDGETS = """
-- A budget is for a programme of the fund's purpose, in the fund's own area or a part of it.
create function mz_budget_guard() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (select from payments_fund f where f.id = new.fund_id and f.purpose ? new.programme
                   and new.area_code >= f.area_code and new.area_code < f.area_code || ':') then
        raise exception 'budget_purpose: fund % does not serve % in %', new.fund_id, new.programme, new.area_code
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger guard before insert on payments_budget for each row execute function mz_budget_guard();
create policy read_below on payments_budget for select using (mz_seen_below(area_code));
"""

SHARES = """
-- Shares are whole hundredths of a per cent, each more than nothing, and together all of it.
create function mz_shares_are_whole(parts jsonb) returns boolean language sql immutable parallel safe as $$
    select case when jsonb_typeof(parts) = 'object' then (
        select coalesce(bool_and(part > 0 and part = trunc(part)), false) and coalesce(sum(part), 0) = 10000
        from (select case when jsonb_typeof(value) = 'number' then value::numeric else -1 end as part
              from jsonb_each(parts)) each)
    else false end
$$;
alter table payments_cost_share add constraint shares_are_whole check (mz_shares_are_whole(parts));
create policy read_below on payments_cost_share for select using (mz_seen_below(area_code));
"""


def key(to: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=to, **more)  # type: ignore[arg-type]


ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0009_between_funds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Budget",
            fields=[
                ID,
                ("programme", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("on", models.DateField()),
                ("document", models.TextField()),
                ("expected_by", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("superseded_at", models.DateTimeField(null=True)),
                ("area", key("areas.area", db_column="area_code", related_name="+")),
                ("entered_by", key(settings.AUTH_USER_MODEL, related_name="+")),
                ("fund", key("payments.fund", related_name="budgets")),
            ],
            options={"db_table": "payments_budget"},
        ),
        migrations.AddConstraint(
            "budget",
            models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="a_budget_is_not_below_zero"),
        ),
        migrations.AddConstraint(
            "budget",
            models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("fund", "area", "programme"),
                name="one_budget_of_a_programme_and_area",
            ),
        ),
        migrations.CreateModel(
            name="CostShare",
            fields=[
                ID,
                ("programme", models.TextField()),
                ("since", models.DateField()),
                ("parts", models.JSONField()),
                ("document", models.TextField()),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("area", key("areas.area", db_column="area_code", related_name="+")),
                ("entered_by", key(settings.AUTH_USER_MODEL, related_name="+")),
            ],
            options={"db_table": "payments_cost_share"},
        ),
        *[Protect(f"payments_{table}") for table in ("budget", "cost_share")],
        SupersedeOnce("payments_budget"),
        AppendOnly("payments_cost_share"),
        migrations.RunSQL(
            BUDGETS, "drop function mz_budget_guard() cascade; drop policy read_below on payments_budget"
        ),
        migrations.RunSQL(
            SHARES,
            "drop policy read_below on payments_cost_share;"
            " alter table payments_cost_share drop constraint shares_are_whole; drop function mz_shares_are_whole(jsonb)",
        ),
    ]
