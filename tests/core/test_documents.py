"""What is kept can be read again, and does not lie in the database in clear."""

import io
import random

import pytest
from cryptography.exceptions import InvalidTag

from minzheng.access.scope import acting
from minzheng.core import crypto, documents
from minzheng.core.models import Document, DocumentPart


def test_a_document_is_kept_encrypted(users):
    plain = "户名,账号\n王秀兰,6217000000001234".encode()
    with acting(users["handler"]):
        kept = documents.keep(
            by=users["handler"],
            kind="bank_file",
            title="七月",
            media_type="text/csv",
            content=plain,
            subject=users["handler"],
            area="990101101",
        )
        stored = Document.objects.get(pk=kept.pk)
        assert documents.content(stored) == plain
        assert b"6217" not in bytes(stored.content)
        assert stored.size == len(plain)


@pytest.mark.parametrize("size", [0, 1, documents.PART - 1, documents.PART, documents.PART + 1, 2 * documents.PART + 7])
def test_a_long_document_is_kept_in_parts_and_copied_with_them(users, size: int):
    by = users["handler"]
    plain = random.Random(size).randbytes(size)
    with acting(by):
        out = documents.Keeping("990101101")
        text = io.BufferedWriter(out, buffer_size=100_000)
        for start in range(0, size, 333_333):
            text.write(plain[start : start + 333_333])
        text.flush()
        text.detach()
        kept = out.keep(by=by, kind="bank_file", title="七月", media_type="text/csv", subject=by)
        assert documents.content(Document.objects.get(pk=kept.pk)) == plain
        parts = -(-size // documents.PART) if size > documents.PART else 0
        assert (kept.size, DocumentPart.objects.count()) == (size, parts)
        again = Document.objects.filter(pk=kept.pk)
        assert documents.copy(again, by=by, subject=by, area="990101101") == 1
        assert documents.content(Document.objects.exclude(pk=kept.pk).get()) == plain


def test_a_part_cannot_pass_for_another(users):
    by = users["handler"]
    with acting(by):
        out = documents.Keeping("990101101")
        out.write(bytes(2 * documents.PART + 1))
        out.keep(by=by, kind="bank_file", title="七月", media_type="text/csv", subject=by)
        part = DocumentPart.objects.get(place=1)
    with pytest.raises(InvalidTag):
        crypto.unseal(part.key_id, bytes(part.content), purpose="document:0")


def test_a_document_whose_parts_are_gone_says_so(users):
    lost = Document(pk=7, content=b"", size=5)
    with acting(users["handler"]), pytest.raises(RuntimeError, match="0 of 5 bytes"):
        documents.content(lost)
