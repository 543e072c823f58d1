"""What is kept can be read again, and does not lie in the database in clear."""

from minzheng.access.scope import acting
from minzheng.core import documents
from minzheng.core.models import Document


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
