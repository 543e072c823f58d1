"""A succession that was entered by mistake is taken back: superseded once, never edited."""

from django.db import migrations, models

from minzheng.core.rls import SupersedeOnce

NOT_ONLY_APPENDED = """
drop trigger append_only on people_succession;
grant update (superseded_at) on people_succession to mz_app;
"""
ONLY_APPENDED = """
revoke update on people_succession from mz_app;
create trigger append_only before update or delete or truncate on people_succession
    for each statement execute function mz_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0005_account_agreements")]
    operations = [
        migrations.AddField("succession", "superseded_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("succession", "one_succession_of_two_files"),
        migrations.AddConstraint(
            "succession",
            models.UniqueConstraint(
                fields=("before", "after"),
                condition=models.Q(("superseded_at", None)),
                name="one_succession_of_two_files",
            ),
        ),
        migrations.RunSQL(NOT_ONLY_APPENDED, ONLY_APPENDED),
        SupersedeOnce("people_succession"),
    ]
