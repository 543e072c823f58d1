"""The work list of a county reads no more than a township's: indexes by who may do a task and where, and the kinds of
open tasks without looking at each."""

from django.db import migrations, models

KINDS = """
-- Which kinds of task are open anywhere: names of permissions, programmes and stages, nothing of anybody. It runs as the
-- owner, hopping from one kind to the next along the index; under row-level security it would look at every row.
create function mz_task_kinds() returns table (permission text, programme text, stage text)
language sql stable security definer set search_path = public, pg_temp as $$
    with recursive kinds as (
        (select t.permission, t.programme, t.stage from core_task t where t.done_on is null
          order by t.permission, t.programme, t.stage limit 1)
        union all
        select n.permission, n.programme, n.stage from kinds k cross join lateral (
            select t.permission, t.programme, t.stage from core_task t where t.done_on is null
               and (t.permission, t.programme, t.stage) > (k.permission, k.programme, k.stage)
             order by t.permission, t.programme, t.stage limit 1) n
    )
    select * from kinds
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_guards")]
    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["permission", "area_code", "due_on"],
                name="task_open_by_permission",
                condition=models.Q(("done_on", None)),
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["permission", "programme", "stage", "area_code"],
                name="task_open_by_kind",
                condition=models.Q(("done_on", None)),
            ),
        ),
        migrations.RunSQL(KINDS, "drop function mz_task_kinds()"),
    ]
