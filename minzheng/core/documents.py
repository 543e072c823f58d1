"""Keeping papers, photos and files: encrypted like numbers are, for a bank file or a decision holds many of them."""

import hashlib
import io
from typing import Any

from django.db import connection, models

from minzheng.core import clock, crypto
from minzheng.core.audit import Actor
from minzheng.core.models import Document, DocumentPart

PART = 4 << 20
"""Bytes of a part; what is shorter than one is kept whole."""


def keep(
    *, by: Actor, kind: str, title: str, media_type: str, content: bytes, subject: models.Model, area: str
) -> Document:
    """Keep a document with the record it belongs to, in the caller's transaction. The caller's action audits it."""
    keeping = Keeping(area)
    keeping.write(content)
    return keeping.keep(by=by, kind=kind, title=title, media_type=media_type, subject=subject)


class Keeping(io.RawIOBase):
    """A document that is written like a file and kept as it comes, a part at a time: a bank's file for a million people
    is never in memory as a whole. In the caller's transaction; nothing of it counts before `keep`."""

    def __init__(self, area: str) -> None:
        self._area = area
        self._waiting = bytearray()
        self._digest = hashlib.sha256()
        self._size = self._parts = 0
        self._number: Any = None

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        taken = memoryview(content).nbytes
        self._digest.update(content)
        self._waiting += content
        self._size += taken
        while len(self._waiting) > PART:
            self._keep_part(PART)
        return taken

    def keep(self, *, by: Actor, kind: str, title: str, media_type: str, subject: models.Model) -> Document:
        """The document of all that was written."""
        if self._number is not None:
            self._keep_part(len(self._waiting))
        key_id, sealed = crypto.seal(bytes(self._waiting), purpose="document")
        return Document.objects.create(
            pk=self._number,
            kind=kind,
            title=title,
            media_type=media_type,
            key_id=key_id,
            content=b"" if self._parts else sealed,
            sha256=self._digest.digest(),
            size=self._size,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            area_code=self._area,
            on=clock.today(),
            actor_id=by.pk,
        )

    def _keep_part(self, size: int) -> None:
        if self._number is None:
            with connection.cursor() as cursor:
                cursor.execute("select nextval(pg_get_serial_sequence('core_document', 'id'))")
                (self._number,) = cursor.fetchone() or (None,)
        key_id, sealed = crypto.seal(bytes(self._waiting[:size]), purpose=_part(self._parts))
        DocumentPart.objects.create(
            document_id=self._number, place=self._parts, key_id=key_id, content=sealed, area_code=self._area
        )
        self._parts += 1
        del self._waiting[:size]


def copy(documents: models.QuerySet[Document], *, by: Actor, subject: models.Model, area: str) -> int:
    """The same documents, kept with another record too (a file that is handed over). Returns how many."""
    originals = list(documents.order_by("pk"))
    copies = list(documents.order_by("pk"))
    for document in copies:
        document.pk, document.subject_type, document.subject_id = None, subject._meta.label_lower, subject.pk
        document.area_code, document.actor_id = area, by.pk
    copies = Document.objects.bulk_create(copies)
    copy_of = {original.pk: one.pk for original, one in zip(originals, copies, strict=True)}
    parts = list(DocumentPart.objects.filter(document__in=originals))
    for part in parts:
        part.pk, part.document_id, part.area_code = None, copy_of[part.document_id], area
    DocumentPart.objects.bulk_create(parts)
    return len(copies)


def content(document: Document) -> bytes:
    """What was kept."""
    if document.content:
        return crypto.unseal(document.key_id, bytes(document.content), purpose="document")
    parts = DocumentPart.objects.filter(document=document).order_by("place")
    whole = b"".join(
        crypto.unseal(part.key_id, bytes(part.content), purpose=_part(part.place))
        for part in parts.iterator(chunk_size=1)
    )
    if len(whole) != document.size:
        raise RuntimeError(f"document {document.pk}: {len(whole)} of {document.size} bytes are there")
    return whole


def _part(place: int) -> str:
    """The purpose a part is sealed for: it cannot pass for another of its document."""
    return f"document:{place}"
