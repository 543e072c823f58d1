"""The page of notices: what is up, ended, published; sheets, photos, answers, sending up; and what it costs."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document as read

from minzheng.access import actions as access
from minzheng.access.scope import EVERYWHERE, scope
from minzheng.cases import actions
from minzheng.cases.models import Case, Posting, PostingPhoto
from minzheng.core.models import Document, Task
from tests.cases.pictures import jpeg, png
from tests.fixtures import Robot
from tests.web.town import Town

VILLAGE, OTHER = "990101101201", "990101101202"


@pytest.fixture
def town(users):
    return Town(users)


@pytest.fixture
def other_village(users):
    """Whoever visits in the other village with the handler."""
    with scope([EVERYWHERE]):
        office, robot = users["handler"].office, Robot()
        worker = access.add_user(by=robot, username="other", name="河湾村专干", office=office, password="correct horse")
        access.assign(by=robot, user=worker, role="village_worker", area=OTHER, since=dt.date(2020, 1, 1))
    return Town(users | {"village_worker": worker})


def posted(town, name: str, village: str = VILLAGE) -> Case:
    household = town.family(name, village=village)
    town.means(household, 1200)
    case = town.apply(household)
    town.accept(case)
    town.check(case)
    town.visit(case)
    town.assess(case)
    town.post(case)
    return case


@pytest.fixture
def cases(town, other_village) -> list[Case]:
    """Two notices in one village, one in another, put up on 3 March."""
    town.on(3, 3)
    other_village.count = 100  # no identity number twice
    return [posted(town, "赵甲"), posted(town, "钱乙"), posted(other_village, "孙丙", OTHER)]


def notices() -> list[Posting]:
    with scope([EVERYWHERE]):
        return list(Posting.objects.order_by("pk"))


def text(response) -> str:
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


def act(client, what: str, chosen: list[Posting], state: str = "up", **more):
    url = reverse("postings") + f"?state={state}"
    return client.post(url, {"what": what, "selected": [one.pk for one in chosen], **more}, follow=True)


def test_the_list_says_what_is_up_and_which_photos_are_missing(sign_in, town, cases):
    page = text(sign_in("handler").get(reverse("postings")))
    for shown in ("赵甲", "钱乙", "孙丙", "还有 7 天", "缺张贴时"):
        assert shown in page
    assert "2025-03-10" in page
    assert page.count('name="selected"') == 3
    page = text(sign_in("handler").get(reverse("postings"), {"area": OTHER}))
    assert "孙丙" in page
    assert "赵甲" not in page


def test_rows_can_be_ticked_where_nothing_is_strict(sign_in, town, cases, monkeypatch):
    """As in production: what a template cannot resolve is empty, not an error that shows as a value."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")
    page = text(sign_in("handler").get(reverse("postings")))
    assert page.count('name="selected"') == 3
    assert 'value="sheets"' in page


def test_it_speaks_english(sign_in, town, cases):
    page = text(sign_in("handler", "en").get(reverse("postings")))
    for shown in ("Notices and publications", "7 days left", "Start missing", "One sheet a village"):
        assert shown in page


def test_more_rows_cost_no_more_questions(sign_in, town, cases):
    client = sign_in("handler")
    client.get(reverse("postings"))
    asked = []
    for more in ("", "李丁", "周戊", "吴己"):
        if more:
            posted(town, more)
        with CaptureQueriesContext(connection) as caught:
            page = text(client.get(reverse("postings")))
        asked.append(len(caught))
    assert "吴己" in page
    assert len(set(asked)) == 1
    assert asked[0] <= 22


def test_the_sheets_of_the_villages_that_are_ticked(sign_in, town, cases, users):
    first, _, third = notices()
    client = sign_in("handler")
    response = act(client, "sheets", [first, third], phone="0830-5550100")
    assert "attachment" in response["Content-Disposition"]
    word = read(io.BytesIO(response.content))
    assert len(word.tables) == 2  # one sheet a village
    shown = [[cell.text for cell in row.cells] for table in word.tables for row in table.rows]
    assert [row[1] for row in shown] == ["姓名", "赵甲", "钱乙", "2户", "姓名", "孙丙"]
    assert "0830-5550100" in "".join(paragraph.text for paragraph in word.paragraphs)
    assert "0830-5550100" in text(client.get(reverse("postings")))  # kept for the next time


def test_a_village_as_a_page_to_print(sign_in, town, cases):
    page = text(sign_in("handler").get(reverse("posting-board", args=[VILLAGE, "posting"])))
    assert "赵甲" in page
    assert "孙丙" not in page
    assert "第十九条" in page
    assert "990101195204" not in page  # no identity number
    empty = text(sign_in("handler").get(reverse("posting-board", args=[VILLAGE, "publication"])))
    assert "没有在张贴的内容" in empty
    assert "没有在张贴的内容" in text(sign_in("handler").get(reverse("posting-board", args=[VILLAGE, "nothing"])))


def test_what_has_ended_is_down_and_is_sent_up_together(sign_in, town, cases, users):
    town.on(3, 11)
    client = sign_in("handler")
    text(client.get(reverse("work-list")))  # the first page of a day takes it down
    assert {one.taken_down_on for one in notices()} == {dt.date(2025, 3, 11)}
    page = text(client.get(reverse("postings"), {"state": "ended"}))
    assert "赵甲" in page
    page = text(act(client, "end", notices(), "ended"))
    assert "已确认期满并上报：3 件" in page
    with scope([EVERYWHERE]):
        assert set(Case.objects.values_list("stage", flat=True)) == {"posting_ended"}
        assert Task.objects.filter(done_on=None, kind="cases.review").count() == 3
    page = text(act(client, "end", notices()[:1], "ended"))
    assert "不能重复提交" in page


def test_none_is_sent_up_before_its_last_day_is_over(sign_in, town, cases):
    page = text(act(sign_in("handler"), "end", notices()[:1]))
    assert "公示未满期" in page
    with scope([EVERYWHERE]):
        assert Case.objects.get(pk=cases[0].pk).stage == "posted"


def photo_of(content: bytes) -> dict[str, object]:
    return {"photo": SimpleUploadedFile("photo.jpg", content), "moment": "start", "taken_on": "2025-03-03"}


def test_a_photo_of_the_board_for_the_notices_it_shows(sign_in, town, cases):
    first, second, third = notices()
    client = sign_in("handler")
    assert "照片已保存" in text(act(client, "photo", [first, second], **photo_of(jpeg())))
    with scope([EVERYWHERE]):
        assert PostingPhoto.objects.count() == 2
        assert Document.objects.filter(kind="cases.posting_photo_start").count() == 1
        photo = PostingPhoto.objects.first()
    page = text(client.get(reverse("posting", args=[first.pk])))
    assert reverse("posting-photo", args=[photo.pk]) in page
    shown = client.get(reverse("posting-photo", args=[photo.pk]))
    assert shown["Content-Type"] == "image/jpeg"
    assert b"N31.2" not in shown.content  # where it was taken
    assert "一个村的公示栏" in text(act(client, "photo", [first, third], **photo_of(png())))
    assert "不是完整的 JPEG 或 PNG" in text(act(client, "photo", [third], **photo_of(b"GIF89a")))
    assert "请先勾选" in text(act(client, "photo", [], **photo_of(png())))
    page = text(client.post(reverse("posting", args=[third.pk]), photo_of(png()), follow=True))
    assert "照片已保存" in page


def test_an_objection_is_answered_once_and_shown(sign_in, town, cases, users):
    first = notices()[0]
    town.on(3, 5)
    with scope([EVERYWHERE]):
        objection = actions.object_to(by=users["handler"], posting=first, by_whom="匿名来电", text="家有轿车")
    client = sign_in("handler")
    assert reverse("posting", args=[first.pk]) in text(client.get(reverse("work-list")))
    assert "家有轿车" in text(client.get(reverse("posting", args=[first.pk])))
    url = reverse("posting", args=[first.pk])
    assert "请写明答复" in text(client.post(url, {"objection": objection.pk, "answer": " "}, follow=True))
    page = text(client.post(url, {"objection": objection.pk, "answer": "车为其兄所有"}, follow=True))
    assert "车为其兄所有" in page
    page = text(client.post(url, {"objection": objection.pk, "answer": "另一种说法"}, follow=True))
    assert "不能改写" in page
    assert "车为其兄所有" in text(client.get(reverse("case", args=[cases[0].pk])))


def test_the_published_roster_of_a_village(sign_in, town, users):
    town.granted(town.family("赵甲", "钱乙"), 2400)
    client = sign_in("handler")
    page = text(client.get(reverse("postings"), {"state": "published"}))
    assert "赵甲" in page
    (row,) = [one for one in notices() if one.kind == "publication"]
    response = act(client, "sheets", [row], "published")
    words = " ".join(paragraph.text for paragraph in read(io.BytesIO(response.content)).paragraphs)
    assert "最低生活保障对象公布" in words
    page = text(client.get(reverse("posting", args=[row.pk])))
    assert "第二十四条" in page
    assert "上传" not in page
    assert "赵甲" in text(client.get(reverse("posting-board", args=[VILLAGE, "publication"])))


def test_who_may_not_post_sees_and_does_nothing(sign_in, town, cases):
    client = sign_in("reviewer")
    page = text(client.get(reverse("postings")))
    assert "赵甲" in page
    assert 'name="what"' not in page
    response = client.post(reverse("postings"), {"what": "sheets", "selected": [notices()[0].pk]})
    assert response.status_code == 403
    assert sign_in("finance").get(reverse("postings")).status_code == 403


def test_a_village_worker_sees_their_own_village(sign_in, town, cases):
    client = sign_in("village_worker")
    page = text(client.get(reverse("postings")))
    assert "赵甲" in page
    assert "孙丙" not in page
    assert client.get(reverse("posting", args=[notices()[2].pk])).status_code == 404
