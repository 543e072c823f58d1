"""Whether a fund may pay what is still owed for an earlier year."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_payments")]
    operations = [migrations.AddField("fund", "earlier_years", models.BooleanField(default=True, db_default=True))]
