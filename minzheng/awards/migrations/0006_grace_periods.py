"""An amount of a grace period."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("awards", "0005_month_answers")]
    operations = [
        migrations.AlterField(
            "awardamount",
            "reason",
            models.TextField(
                choices=[
                    ("granted", "新增"),
                    ("carried_over", "结转"),
                    ("standard_changed", "调标"),
                    ("income_changed", "收入变化"),
                    ("member_added", "增员"),
                    ("member_left", "减员"),
                    ("birthday", "年龄变化"),
                    ("category_changed", "类别变化"),
                    ("grace", "渐退"),
                ]
            ),
        )
    ]
