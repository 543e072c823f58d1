"""The list of cases makes one paper for many; every Word file is given as PDF where LibreOffice is there."""

from django.urls import reverse

from minzheng.papers import pdf
from tests.papers.word_files import words
from tests.web.town import Town


def test_ticked_cases_become_one_file_and_who_is_left_out_is_said_next(sign_in, users):
    town = Town(users)
    first, second = town.apply(town.family("赵甲")), town.apply(town.family("赵乙"))
    town.accept(first)
    client = sign_in("handler")
    page = client.get(reverse("cases")).content.decode()
    assert f'value="{first.pk}"' in page
    assert "合成一个 Word" in page
    asked = {"selected": [first.pk, second.pk], "kind": "acceptance_notice", "way": "word", "back": "/cases"}
    answer = client.post(reverse("cases-papers"), asked)
    assert "wordprocessingml" in answer["Content-Type"]
    assert "赵甲" in words(answer.content)
    page = client.get(reverse("cases")).content.decode()
    assert f"{second.number} 赵乙：本事项还没有受理" in page
    answer = client.post(reverse("cases-papers"), asked | {"selected": [], "back": "https://example.invalid/"})
    assert answer["Location"] == "/cases"
    assert "请先勾选办件" in client.get(reverse("cases")).content.decode()
    assert client.get(reverse("cases") + "?state=to_serve").status_code == 200


def test_a_paper_as_pdf_and_in_words_where_that_cannot_be(sign_in, users, monkeypatch):
    town = Town(users)
    case = town.apply(town.family("赵甲"))
    client = sign_in("handler")
    saved = client.post(reverse("case-make-paper", args=[case.pk, "visit_form"]))["Location"]
    monkeypatch.setattr(pdf, "to_pdf", lambda word: b"%PDF" + word[:2])
    answer = client.get(f"{saved}?as=pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content == b"%PDFPK"
    monkeypatch.undo()
    monkeypatch.setattr(pdf, "program", lambda: None)
    assert "没有安装 LibreOffice" in client.get(f"{saved}?as=pdf").content.decode()
