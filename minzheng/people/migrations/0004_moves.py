"""People who moved to another township: the office they left goes on seeing them, and what it did for them."""

import django.db.models.deletion
from django.db import migrations, models

from minzheng.core.rls import AppendOnly

SEEN_FROM_BOTH_ENDS = """
alter table people_moved enable row level security;
create policy by_scope on people_moved
    using (mz_visible(area_code) or mz_visible(from_area)) with check (mz_visible(area_code) or mz_visible(from_area));
create policy seen_by_the_office_left on people_person for select
    using (id in (select person_id from people_moved where mz_visible(from_area)));
"""


def area(column: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_column=column, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0003_succession")]
    operations = [
        migrations.CreateModel(
            name="PersonMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("area", area("area_code")),
                ("from_area", area("from_area")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="people.person"
                    ),
                ),
            ],
            options={"db_table": "people_moved"},
        ),
        AppendOnly("people_moved"),
        migrations.RunSQL(
            SEEN_FROM_BOTH_ENDS,
            "drop policy seen_by_the_office_left on people_person; drop policy by_scope on people_moved",
        ),
    ]
