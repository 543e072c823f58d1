"""What of a month's arrears a standard has brought that was published after the month was paid (提标补差).

An award's amounts are corrected by new rows, so the months concerned can be replayed: each time a standard was applied
after the first payment of a month, the amount it superseded and the amount it wrote say what it has brought. The act is
known by the reason of the first row that it wrote; the rows of later months keep the reason for which they begin there.
"""

# For one month `due` that was paid before, first by a run computed at `covered.since`. The award's rows are read once.
# The months of a cycle are summed up and rounded as `awards.queries.due` does. Rows that an act only shortened are none
# that it wrote. `{known}` says which rows are known.
RAISED = """(
    with history as materialized (
        select * from awards_amount where award_id = due.award_id {known}
    )
    select (2 * coalesce(sum(w.amount - o.amount), 0)::bigint + %(length)s::bigint) / (2 * %(length)s::bigint)
    from history w
    join history o on o.superseded_at = w.recorded_at
    cross join lateral generate_series(
        greatest(w.first_month, o.first_month, due.benefit_month - make_interval(months => %(length)s - 1))::timestamp,
        least(coalesce(w.last_month, due.benefit_month), coalesce(o.last_month, due.benefit_month),
              due.benefit_month)::timestamp,
        interval '1 month') month
    where w.recorded_at > covered.since
      and 'standard_changed' = (
          select n.reason from history n
          where n.recorded_at = w.recorded_at and not exists (
              select from history kept
              where kept.superseded_at = n.recorded_at and kept.first_month = n.first_month
                and kept.amount = n.amount and kept.reason = n.reason
                and kept.assessment_id is not distinct from n.assessment_id)
          order by n.first_month limit 1)
)"""
