"""Which files are incomplete, on the case's page and for the township; and a file printed in its order."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from minzheng.papers import pdf
from tests.papers.word_files import words
from tests.web.town import Town


def test_a_granted_case_whose_papers_were_not_made_is_on_the_list(sign_in, users):
    town = Town(users)
    case = town.granted(town.family("赵甲"), 1200)
    other = town.apply(town.family("赵乙"))
    client = sign_in("handler")
    page = client.get(reverse("files")).content.decode()
    assert case.number in page
    assert "决定通知书" in page
    assert other.number not in page  # still open
    assert other.number in client.get(reverse("files") + "?state=open").content.decode()
    assert case.number not in client.get(reverse("files") + "?programme=tekun").content.decode()
    answer = client.post(reverse("case-file-missing", args=[other.pk]), follow=True)
    assert "现在没有可以由您生成的文书" in answer.content.decode()
    on_case = client.get(reverse("case", args=[case.pk])).content.decode()
    assert "归档检查" in on_case
    assert "公示照片（期满时）" in on_case


def test_the_list_costs_no_more_with_more_files(sign_in, users):
    town = Town(users)
    client = sign_in("handler")
    counts = []
    for name in ("赵甲", "赵乙", "赵丙"):
        town.granted(town.family(name), 1200)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("files"))
        counts.append(len(queries))
    assert counts[2] <= counts[1]
    assert counts[2] <= 30


def test_the_file_prints_as_one_document(sign_in, users, monkeypatch):
    town = Town(users)
    case = town.granted(town.family("赵甲"), 1200)
    client = sign_in("handler")
    answer = client.get(reverse("case-file", args=[case.pk]))
    said = words(answer.content)
    assert "卷内目录" in said
    assert "备考表" in said
    monkeypatch.setattr(pdf, "to_pdf", lambda word: b"%PDF")
    assert client.get(reverse("case-file", args=[case.pk]) + "?as=pdf").content == b"%PDF"
    assert sign_in("finance").get(reverse("case-file", args=[case.pk])).status_code == 403
