from django.db import models


class Task(models.Model):
    """One thing that somebody has to do by a day. Tasks of all stages meet in one work list.

    `who`, `people` and `programme` are copied in, so that the list needs no join into the stages.
    """

    kind = models.TextField()
    """What is to be done, e.g. `cases.visit`; its words are in `label`."""
    label = models.JSONField()
    permission = models.TextField()
    """Who may do it: the permission it needs, in `area_code`."""
    subject_type = models.TextField()
    subject_id = models.BigIntegerField()
    programme = models.TextField(blank=True)
    stage = models.TextField(blank=True)
    who = models.TextField(blank=True)
    people = models.PositiveSmallIntegerField(null=True)
    area_code = models.TextField()
    opened_on = models.DateField()
    due_on = models.DateField(null=True)
    rule = models.TextField(blank=True)
    """The article the clock comes from."""
    done_on = models.DateField(null=True)
    done_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "core_task"
        indexes = [
            models.Index(fields=["due_on", "id"], name="task_open_by_due", condition=models.Q(done_on=None)),
            models.Index(
                fields=["permission", "area_code", "due_on"],
                name="task_open_by_permission",
                condition=models.Q(done_on=None),
            ),
            models.Index(
                fields=["permission", "programme", "stage", "area_code"],
                name="task_open_by_kind",
                condition=models.Q(done_on=None),
            ),
            models.Index(fields=["subject_type", "subject_id"], name="task_by_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind"],
                name="one_open_task_of_a_kind",
                condition=models.Q(done_on=None),
            )
        ]
