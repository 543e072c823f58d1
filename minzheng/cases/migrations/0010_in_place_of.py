"""A decision may start a benefit in place of another."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_income_statements")]
    operations = [migrations.AddField("decision", "in_place_of", models.TextField(blank=True, default=""))]
