"""What neighbours said at a home visit is kept with it."""

from django.db import migrations, models

import minzheng.core.readable_json


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_in_place_of")]
    operations = [
        migrations.AddField(
            "visit", "neighbours", models.JSONField(default=list, encoder=minzheng.core.readable_json.ReadableEncoder)
        )
    ]
