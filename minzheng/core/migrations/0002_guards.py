"""The functions that guard every table, the clock's one row, and the protection of the core's own tables."""

from django.db import migrations

from minzheng.core.rls import REFUSE_CHANGE, SUPERSEDE_ONCE, VISIBLE, AppendOnly, Protect

TODAY = """
insert into core_clock (one, day) values (true, null);
create function mz_today() returns date language sql stable parallel safe as
$$ select coalesce((select day from core_clock), (now() at time zone 'Asia/Shanghai')::date) $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(VISIBLE, "drop function mz_visible(text, bigint, bigint)"),
        migrations.RunSQL(REFUSE_CHANGE, "drop function mz_refuse_change()"),
        migrations.RunSQL(SUPERSEDE_ONCE, "drop function mz_supersede_once()"),
        migrations.RunSQL(TODAY, "drop function mz_today(); delete from core_clock"),
        *[Protect(table) for table in ("core_audit", "core_event", "core_task", "core_document")],
        *[AppendOnly(table) for table in ("core_audit", "core_event", "core_document")],
    ]
