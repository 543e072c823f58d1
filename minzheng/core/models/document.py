from django.db import models


class Document(models.Model):
    """A paper, a photo, a file: its bytes live in the database, so they are saved and lost together with the record.

    Written and read through `core.documents`: `content` is encrypted, `sha256` and `size` are those of the plain bytes.
    """

    kind = models.TextField()
    title = models.TextField()
    media_type = models.TextField()
    key_id = models.TextField()
    content = models.BinaryField()
    """Empty where the bytes lie in parts."""
    sha256 = models.BinaryField(max_length=32)
    size = models.PositiveIntegerField()
    subject_type = models.TextField()
    subject_id = models.BigIntegerField()
    area_code = models.TextField()
    on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    actor_id = models.BigIntegerField()

    class Meta:
        db_table = "core_document"
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="document_by_subject")]


class DocumentPart(models.Model):
    """A stretch of a document that is too long for one piece: written and read one after the other, so that none of it
    has to be in memory as a whole."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="parts")
    place = models.PositiveIntegerField()
    """0, 1, 2 … without gaps."""
    key_id = models.TextField()
    content = models.BinaryField()
    area_code = models.TextField()

    class Meta:
        db_table = "core_document_part"
        constraints = [models.UniqueConstraint(fields=["document", "place"], name="one_part_of_a_place")]
