"""A decision may grant a grace period."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_county_visit")]
    operations = [migrations.AddField("decision", "grace", models.JSONField(default=dict))]
