"""Benefits that exclude one another and take each other's place by one decision."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("awards", "0006_grace_periods")]
    operations = [migrations.AddField("overlap", "changes_over", models.BooleanField(default=False))]
