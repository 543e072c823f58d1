"""Drafts in the database: one for each user and form, sealed, and no more of them than there is room for."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from minzheng.access.scope import scope
from minzheng.core import drafts
from minzheng.core.errors import Refused
from minzheng.core.models import Draft
from tests.fixtures import Robot

AREA = "990101101"


class Somebody(Robot):
    def __init__(self, pk: int) -> None:
        self.pk = pk


@pytest.fixture
def seen(db):
    with scope([AREA]):
        yield


def test_one_draft_of_a_form_the_latest(seen):
    one, other = Somebody(1), Somebody(2)
    drafts.keep(by=one, area=AREA, form="case-1-visit", fields=[["met", "王", None]])
    drafts.keep(by=one, area=AREA, form="case-1-visit", fields=[["met", "王五", None], ["signed", "on", True]])
    drafts.keep(by=other, area=AREA, form="case-1-visit", fields=[["met", "别人", None]])
    found = drafts.find(by=one, forms=["case-1-visit", "family"])
    assert {name: kept.fields for name, kept in found.items()} == {
        "case-1-visit": [["met", "王五", None], ["signed", "on", True]]
    }
    drafts.forget(by=one, form="case-1-visit")
    assert drafts.find(by=one, forms=["case-1-visit"]) == {}
    assert drafts.find(by=other, forms=["case-1-visit"])["case-1-visit"].fields == [["met", "别人", None]]


def test_an_empty_form_has_no_draft(seen):
    one = Somebody(1)
    drafts.keep(by=one, area=AREA, form="family", fields=[["address", "三组", None]])
    drafts.keep(by=one, area=AREA, form="family", fields=[])
    assert not Draft.objects.exists()


def test_nothing_of_it_can_be_read_in_the_database_or_under_another_name(seen):
    one = Somebody(1)
    drafts.keep(by=one, area=AREA, form="family", fields=[["id_number", "110105194912310021", None]])
    with connection.cursor() as cursor:
        cursor.execute("select d::text, encode(sealed, 'escape') from core_draft d")
        assert not any("110105194912310021" in text for row in cursor.fetchall() for text in row)
    Draft.objects.update(user_id=2)  # moved to somebody else: it does not open
    assert drafts.find(by=Somebody(2), forms=["family"]) == {}


def test_only_its_area_sees_it(db):
    with scope([AREA]):
        drafts.keep(by=Somebody(1), area=AREA, form="family", fields=[["address", "三组", None]])
    with scope(["990101102"]):
        assert not Draft.objects.exists()


def test_the_oldest_give_way_and_none_is_kept_for_ever(seen, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_FORMS", 2)
    one = Somebody(1)
    for number in range(4):
        drafts.keep(by=one, area=AREA, form=f"form-{number}", fields=[["a", "b", None]])
    assert set(drafts.find(by=one, forms=[f"form-{n}" for n in range(4)])) == {"form-2", "form-3"}
    Draft.objects.filter(form="form-2").update(kept_at=timezone.now() - dt.timedelta(days=91))
    drafts.keep(by=one, area=AREA, form="form-3", fields=[["a", "c", None]])
    assert list(Draft.objects.values_list("form", flat=True)) == ["form-3"]


def test_one_that_is_too_long_is_refused(seen):
    with pytest.raises(Refused, match="draft.too_long"):
        drafts.keep(by=Somebody(1), area=AREA, form="family", fields=[["note", "长" * 30_000, None]])
