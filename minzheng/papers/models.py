"""An office's own template of a paper. It holds no people: placeholders stand where they will be."""

from django.db import models


class PaperTemplate(models.Model):
    """A Word file that stands in for the shipped template in an area and below, from the day it was put there until
    another replaced it or the office went back (`ended_on`). The bytes never change: another file is another row."""

    kind = models.TextField()
    """The paper, by its name in a `papers.yaml`."""
    area_code = models.TextField()
    file_name = models.TextField()
    content = models.BinaryField()
    sha256 = models.BinaryField(max_length=32)
    size = models.PositiveIntegerField()
    put_on = models.DateField()
    put_by_id = models.BigIntegerField()
    put_by_name = models.TextField()
    ended_on = models.DateField(null=True)
    ended_by_name = models.TextField(blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "papers_template"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "area_code"], name="one_template_of_an_area", condition=models.Q(ended_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.area_code}"
