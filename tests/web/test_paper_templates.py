"""The page of templates: an office's own is sent, checked, tried, used for the next paper, and given up again."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document as read

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.core.models import Document
from minzheng.papers.models import PaperTemplate
from tests.papers.word_files import template, words
from tests.web.town import Town

PAGE = reverse("paper-template", args=["missing_papers"])


def sent(content: bytes) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("缺件.docx", content)}


def test_an_office_puts_its_own_and_the_next_paper_is_made_of_it(sign_in, users):
    town = Town(users)
    case = town.apply(town.family("赵甲"))
    client = sign_in("handler")
    page = client.get(reverse("paper-templates")).content.decode()
    assert "一次性告知书" in page
    assert "系统提供" in page
    answer = client.post(
        PAGE, sent(template("本镇告知：{{ 户主 }}{% for 行 in 缺少材料 %}、{{ 行.名称 }}{% endfor %}"))
    )
    assert answer.status_code == 302
    page = client.get(PAGE).content.decode()
    assert "缺件.docx" in page
    assert "{{ 户主 }}" in page
    tried = client.get(reverse("paper-template-file", args=["missing_papers", "tried"]))
    assert "本镇告知：张某某" in words(tried.content)
    client.post(reverse("case-make-paper", args=[case.pk, "missing_papers"]))
    with scope([EVERYWHERE]):
        made = Document.objects.get(kind="cases.missing_papers")
    saved = client.get(reverse("document", args=[made.pk])).content
    assert "本镇告知：赵甲、社会救助申请书" in "".join(one.text for one in read(io.BytesIO(saved)).paragraphs)
    assert "虚构" in words(saved)  # the demo's county is marked, whatever the template says
    assert client.post(PAGE, {"what": "back"}).status_code == 302
    assert "系统提供" in client.get(PAGE).content.decode()


def test_what_is_refused_says_so_on_the_page_and_changes_nothing(sign_in):
    client = sign_in("handler")
    answer = client.post(PAGE, sent(template("{{ 户注 }}")))
    assert answer.status_code == 200
    assert "户注" in answer.content.decode()
    assert "最接近的是“户主”" in answer.content.decode()
    with scope([EVERYWHERE]):
        assert not PaperTemplate.objects.exists()


def test_a_missing_word_is_a_warning(sign_in):
    answer = sign_in("administrator").post(PAGE, sent(template("{{ 户主 }}")), follow=True)
    assert "模板里没有“缺少材料”" in answer.content.decode()


@pytest.mark.parametrize("role", ["village_worker", "finance"])
def test_others_do_not_open_it(sign_in, role):
    assert sign_in(role).get(PAGE).status_code == 403
