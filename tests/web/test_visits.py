"""A home visit on the screen: what neighbours said, photos and signed forms; who may add them."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.cases import papers, queries
from minzheng.cases.models import Visit
from minzheng.core import documents
from minzheng.core.models import Document
from tests.cases.pictures import jpeg
from tests.cases.test_postings import words
from tests.web.town import Town


@pytest.fixture
def visited(sign_in, users, law):
    """A visit that was entered on the page, with one neighbour who was asked."""
    town = Town(users)
    case = town.waiting_for_visit("赵大山", "钱小花")
    form = {
        "visit-second_visitor": users["village_worker"].pk,
        "visit-visited_on": "2025-03-03",
        "visit-met": "赵大山",
        "visit-findings": "土房三间",
        "visit-neighbour1": "李某（邻居）",
        "visit-said1": "两位老人常年在家",
    }
    url = reverse("case-act", args=[case.pk, "visit"])
    half = sign_in("handler").post(url, form | {"visit-said1": ""}).content.decode()
    assert "邻里访问要写明被访问人和所说的情况" in half
    assert sign_in("handler").post(url, form).status_code == 302
    with scope([EVERYWHERE]):
        return case, Visit.objects.get()


def picture(what="photo", content=None):
    return {"what": what, "picture": SimpleUploadedFile("a.jpg", content or jpeg())}


def test_what_neighbours_said_stands_on_the_page_and_in_the_paper(visited, sign_in, users):
    case, visit = visited
    assert visit.neighbours == [{"who": "李某（邻居）", "said": "两位老人常年在家"}]
    page = sign_in("handler").get(reverse("case", args=[case.pk])).content.decode()
    assert "李某（邻居）" in page and "两位老人常年在家" in page
    with scope([EVERYWHERE]):
        case.refresh_from_db()
        kept = papers.make(by=users["handler"], case=case, kind="neighbours")
        assert "两位老人常年在家" in words(documents.content(kept))
        assert queries.case_view(case, user=users["handler"]).visits[0].pk == visit.pk


def test_photos_and_signed_forms_are_kept_without_place_and_device(visited, sign_in):
    case, visit = visited
    client = sign_in("village_worker")
    url = reverse("visit-paper", args=[visit.pk])
    for what in ("photo", "form"):
        assert client.post(url, picture(what)).status_code == 302
    client.post(url, picture(content=b"no picture"))
    client.post(url, {"what": "photo"})
    with scope([EVERYWHERE]):
        kept = list(Document.objects.filter(subject_type="cases.visit", subject_id=visit.pk).order_by("pk"))
        assert [one.title for one in kept] == ["入户照片 20250303", "入户调查表（签字扫描件） 20250303"]
        assert b"N31.2" not in documents.content(kept[0])
    page = client.get(reverse("case", args=[case.pk])).content.decode()
    shown = reverse("visit-picture", args=[kept[0].pk])
    assert shown in page
    assert client.get(shown)["Content-Type"] == "image/jpeg"
    tab = sign_in("handler").get(reverse("household-tab", args=[case.household_id, "visits"])).content.decode()
    assert shown in tab and "李某（邻居）" in tab


def test_who_does_not_visit_adds_no_photo(visited, sign_in):
    case, visit = visited
    client = sign_in("approver")
    assert reverse("visit-paper", args=[visit.pk]) not in client.get(reverse("case", args=[case.pk])).content.decode()
    client.post(reverse("visit-paper", args=[visit.pk]), picture())
    with scope([EVERYWHERE]):
        assert not Document.objects.filter(subject_type="cases.visit").exists()
    assert visit.visited_on == dt.date(2025, 3, 3)
