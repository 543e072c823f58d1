"""Keeping papers, photos and files: encrypted like numbers are, for a bank file or a decision holds many of them."""

import hashlib

from django.db import models

from minzheng.core import clock, crypto
from minzheng.core.audit import Actor
from minzheng.core.models import Document


def keep(
    *, by: Actor, kind: str, title: str, media_type: str, content: bytes, subject: models.Model, area: str
) -> Document:
    """Keep a document with the record it belongs to, in the caller's transaction. The caller's action audits it."""
    key_id, sealed = crypto.seal(content, purpose="document")
    return Document.objects.create(
        kind=kind,
        title=title,
        media_type=media_type,
        key_id=key_id,
        content=sealed,
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        area_code=area,
        on=clock.today(),
        actor_id=by.pk,
    )


def copy(documents: models.QuerySet[Document], *, by: Actor, subject: models.Model, area: str) -> int:
    """The same documents, kept with another record too (a file that is handed over). Returns how many."""
    copies = list(documents.order_by("pk"))
    for document in copies:
        document.pk, document.subject_type, document.subject_id = None, subject._meta.label_lower, subject.pk
        document.area_code, document.actor_id = area, by.pk
    return len(Document.objects.bulk_create(copies))


def content(document: Document) -> bytes:
    """What was kept."""
    return crypto.unseal(document.key_id, bytes(document.content), purpose="document")
