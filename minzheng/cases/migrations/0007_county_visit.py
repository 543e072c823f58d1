"""The county's own home visits are told from the township's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_published_once")]
    operations = [migrations.AddField("visit", "by_county", models.BooleanField(default=False))]
