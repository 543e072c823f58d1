"""An office's own templates. They hold no people: whoever issues a paper reads the template that an area above has put;
only who has the area in scope writes there, and what was put is never changed or removed."""

from django.db import migrations, models

READ_ABOVE = """
alter table papers_template enable row level security;
create policy by_scope on papers_template using (mz_visible(area_code)) with check (mz_visible(area_code));
create policy read_above on papers_template for select using (true);
revoke delete, truncate on papers_template from mz_app;
create function mz_template_kept() returns trigger language plpgsql as $$
begin
    if old.ended_on is not null or new.ended_on is null
        or (to_jsonb(old) - 'ended_on' - 'ended_by_name') <> (to_jsonb(new) - 'ended_on' - 'ended_by_name') then
        raise exception 'template_kept: a template is ended once and never edited; put another'
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger template_kept before update on papers_template for each row execute function mz_template_kept();
"""
BACK = """
drop trigger template_kept on papers_template;
drop function mz_template_kept();
drop policy read_above on papers_template;
drop policy by_scope on papers_template;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="PaperTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("area_code", models.TextField()),
                ("file_name", models.TextField()),
                ("content", models.BinaryField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("size", models.PositiveIntegerField()),
                ("put_on", models.DateField()),
                ("put_by_id", models.BigIntegerField()),
                ("put_by_name", models.TextField()),
                ("ended_on", models.DateField(null=True)),
                ("ended_by_name", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"db_table": "papers_template"},
        ),
        migrations.AddConstraint(
            model_name="papertemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)),
                fields=("kind", "area_code"),
                name="one_template_of_an_area",
            ),
        ),
        migrations.RunSQL(READ_ABOVE, BACK),
    ]
