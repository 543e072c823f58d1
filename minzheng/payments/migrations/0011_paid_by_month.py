"""What reached people, summed up for forecasts: one look at whether the area is in sight, instead of one for each payment
(700,000 payments: 0.5 s instead of 1.6 s)."""

from django.db import migrations

PAID = """
-- Sums name nobody. Who does not see all of the area is refused: a part of it would pass for the whole.
create function mz_paid_by_month(area text, first date, last date)
returns table (programme text, place text, month date, fen bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    if not mz_visible(area) then
        raise exception 'not_in_sight: sums of % are for who sees all of it', area using errcode = 'insufficient_privilege';
    end if;
    return query
    select p.programme, left(p.area_code, 12), p.benefit_month, sum(p.amount)::bigint
    from payments_payment p join payments_run r on r.id = p.run_id
    where r.month >= first and p.state not in ('computed', 'held', 'returned', 'cancelled', 'agreed')
      and p.benefit_month between first and last
      and p.area_code >= area and p.area_code < area || ':'
    group by 1, 2, 3;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_budgets_and_shares")]
    operations = [migrations.RunSQL(PAID, "drop function mz_paid_by_month(text, date, date)")]
