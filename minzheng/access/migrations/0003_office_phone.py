"""An office's telephone, for the notices it posts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0002_conflicts")]
    operations = [
        migrations.AddField("office", "phone", models.TextField(blank=True, default=""), preserve_default=False)
    ]
