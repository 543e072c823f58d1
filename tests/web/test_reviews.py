"""The pages of reviews, on an office's own work: opened, ticked, printed, and what is left on the work list."""

import datetime as dt
import io

import docx
import pytest
from django.template import engines
from django.urls import reverse
from python_calamine import CalamineWorkbook

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards.models import Award
from minzheng.awards.reviews.models import ReviewFinding, ReviewLine, ReviewRound
from minzheng.core import clock
from minzheng.core.models import Document
from minzheng.payments.models import Payment
from minzheng.people import actions as people
from tests.web.town import TOWN, Town

OLD, YOUNG = dt.date(1952, 4, 3), dt.date(1990, 4, 3)


@pytest.fixture
def town(users):
    return Town(users)


@pytest.fixture
def review(town, sign_in) -> ReviewRound:
    """The quarterly review of July, of four families in two villages."""
    town.users["village_worker"].assignments.create(
        role="village_worker", area_id="990101101202", valid_from=dt.date(2020, 1, 1)
    )
    for name in ("赵甲", "钱乙"):
        town.granted(town.family(name), 2400)
    for name in ("孙丙", "李丁"):
        town.granted(town.family(name, village="990101101202"), 2400)
    with scope([EVERYWHERE]):
        for award in Award.objects.all():
            people.record_fact(
                by=town.users["handler"], name="review_class", value="C", source="verified",
                valid_from=dt.date(2025, 1, 1), household=award.household,
            )  # fmt: skip
    town.on(7, 1)
    response = sign_in("handler").post(reverse("reviews"), {"what": "dibao:quarterly"})
    with scope([EVERYWHERE]):
        review = ReviewRound.objects.get()
    assert response.url == reverse("review-round", args=[review.pk])
    return review


def text(response) -> str:
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


def lines(review, *names) -> list[int]:
    with scope([EVERYWHERE]):
        found = ReviewLine.objects.filter(round=review, **({"who__in": names} if names else {}))
        return list(found.order_by("pk").values_list("pk", flat=True))


def states(review) -> dict[str, str]:
    with scope([EVERYWHERE]):
        return dict(ReviewLine.objects.filter(round=review).values_list("who", "state"))


def listing(review, area="990101101201", tab="open") -> str:
    return reverse("review-lines", args=[review.pk, area]) + f"?tab={tab}"


def test_a_round_is_opened_from_its_page_and_shows_who_is_left_by_village(client, review):
    page = text(client.get(reverse("review-round", args=[review.pk])))
    assert "柳庄村" in page
    assert "河湾村" in page
    assert "C类每季复核一次" in page
    assert "dibao:quarterly" not in text(client.get(reverse("reviews")))
    assert "dibao:yearly" in text(client.get(reverse("reviews")))


def test_a_village_is_ticked_and_sending_it_again_says_so(client, review):
    page = text(client.get(listing(review)))
    assert "赵甲" in page
    assert "孙丙" not in page
    sent = {
        "act": "record",
        "selected": lines(review, "赵甲", "钱乙"),
        "method": "village",
        "on": "2025-07-01",
        "note": "",
    }
    assert "已登记 2 条。" in text(client.post(listing(review), sent, follow=True))
    assert "已登记 0 条，2 条此前已办。" in text(client.post(listing(review), sent, follow=True))
    assert states(review) == {"赵甲": "verified", "钱乙": "verified", "孙丙": "open", "李丁": "open"}
    work = text(client.get(reverse("work-list")))
    assert "季度复核：还剩 2" in work
    assert reverse("review-round", args=[review.pk]) in work


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"selected": []}, "没有勾选任何人"),
        ({"on": "2025-07-02"}, "不在本期开始"),
        ({"on": "2025-06-30"}, "不在本期开始"),
        ({"act": "warn"}, "期满才能发书面通知"),
        ({"act": "suspend"}, "书面通知还没有送达"),
        ({"act": "take_back"}, "没有填写撤回的原因"),
    ],
)
def test_what_is_refused_is_said_with_its_rule_and_nothing_changes(client, review, sent, said):
    whole = {
        "act": "record",
        "selected": lines(review, "赵甲"),
        "method": "visit",
        "on": "2025-07-01",
        "note": "",
    } | sent
    assert said in text(client.post(listing(review), whole))
    assert set(states(review).values()) == {"open"}


def test_a_list_asks_the_same_number_of_questions_however_long(client, review, town, django_assert_max_num_queries):
    for tab in ("open", "all"):
        text(client.get(listing(review, TOWN, tab)))
        with django_assert_max_num_queries(20) as few:
            text(client.get(listing(review, TOWN, tab)))
        with scope([EVERYWHERE]):
            model = ReviewLine.objects.filter(round=review).first()
            for place in range(40):
                person = town.person(f"周{place}", OLD)
                award = Award.objects.get(pk=model.award_id)
                award.pk, award.household_id, award.person, award.first_month = None, None, person, dt.date(2025, 1, 1)
                award.save(force_insert=True)
                ReviewLine.objects.create(
                    round=review, award=award, person=person, who=person.name, people=1, area_id="990101101201"
                )
        with django_assert_max_num_queries(len(few.captured_queries)):
            assert "周3" in text(client.get(listing(review, TOWN, tab)))


def test_the_list_goes_to_word_and_to_excel(client, review):
    response = client.get(reverse("review-print", args=[review.pk, "990101101202"]))
    word = docx.Document(io.BytesIO(response.content))
    assert [cell.text for cell in word.tables[0].rows[0].cells][:3] == ["序号", "姓名", "年龄"]
    assert {row.cells[1].text for row in word.tables[0].rows[1:]} == {"孙丙", "李丁"}
    assert "村（社区）核实" in "".join(paragraph.text for paragraph in word.paragraphs)
    book = client.get(listing(review, TOWN, "all") + "&format=xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert {"赵甲", "钱乙", "孙丙", "李丁"} <= {row[0] for row in rows}


def test_warned_served_suspended_and_the_months_come_as_arrears_on_return(client, review, town):
    town.fund()
    town.on(9, 5)
    town.pay(town.run(9))
    chosen = {"selected": lines(review, "赵甲"), "method": "visit", "note": ""}
    town.on(9, 16)  # it was due on the 15th
    assert "已生成 1 份书面通知" in text(client.post(listing(review), chosen | {"act": "warn", "on": ""}, follow=True))
    with scope([EVERYWHERE]):
        letter = Document.objects.get(kind="reviews.warning")
    word = docx.Document(io.BytesIO(client.get(reverse("document", args=[letter.pk])).content))
    said = "".join(paragraph.text for paragraph in word.paragraphs)
    assert "赵甲：" in said
    assert "暂停不是取消" in said
    client.post(listing(review, tab="warned"), chosen | {"act": "serve", "on": "2025-09-16"})
    town.on(10, 1)
    early = client.post(listing(review, tab="warned"), chosen | {"act": "suspend", "on": "2025-10-01"})
    assert "要到 2025-10-01 期满" in text(early)
    town.on(10, 2)
    client.post(listing(review, tab="warned"), chosen | {"act": "suspend", "on": "2025-10-02"})
    assert states(review)["赵甲"] == "suspended"
    town.pay(town.run(10))
    assert paid_for("赵甲") == {9: "paid", 10: "held"}
    assert paid_for("钱乙") == {9: "paid", 10: "paid"}
    town.on(11, 10)
    client.post(listing(review, tab="suspended"), chosen | {"act": "record", "on": "2025-11-10", "method": "in_person"})
    assert states(review)["赵甲"] == "returned"
    run = town.run(11)
    with scope([EVERYWHERE]):
        mine = Payment.objects.filter(run=run, award__household__memberships__person__name="赵甲")
        owed = [
            (payment.benefit_month.month, payment.kind, payment.state) for payment in mine.order_by("benefit_month")
        ]
    assert owed == [(10, "arrears", "computed"), (11, "regular", "computed")]


def paid_for(name: str) -> dict[int, str]:
    """How the payments of September and October of a family stand, by month."""
    with scope([EVERYWHERE]):
        found = Payment.objects.filter(award__household__memberships__person__name=name, benefit_month__month__gte=9)
        return {payment.benefit_month.month: payment.state for payment in found}


def test_a_change_a_fault_and_its_putting_right_on_the_page_of_one(client, review):
    (line,) = lines(review, "钱乙")
    page = reverse("review-line", args=[line])
    assert "登记变化" in text(client.get(page))
    assert client.post(page, {"act": "change", "method": "visit", "on": "2025-07-01", "note": "女儿就业"}).url == page
    assert "女儿就业" in text(client.get(page))
    wrong = {"act": "finding", "found": "档案缺照片", "remedy": "补拍", "due_on": ""}
    assert "没有填写整改期限" in text(client.post(page, wrong))
    client.post(page, wrong | {"due_on": "2025-07-20"})
    with scope([EVERYWHERE]):
        finding = ReviewFinding.objects.get()
    of_it = reverse("review-finding", args=[finding.pk])
    assert of_it in text(client.get(reverse("work-list")))
    assert "档案缺照片" in text(client.get(of_it))
    client.post(of_it, {"how": "已补拍"})
    assert "已补拍" in text(client.get(of_it))
    assert of_it not in text(client.get(reverse("work-list")))


def test_a_sample_is_drawn_by_the_county_and_shows_that_it_can_be_drawn_again(sign_in, review):
    client = sign_in("reviewer")
    assert 'name="seed"' in text(client.get(reverse("reviews")))
    response = client.post(reverse("reviews"), {"what": "dibao:sample", "seed": "摇号 7"})
    page = text(client.get(response.url))
    assert "摇号 7" in page
    assert "结果一致" in page
    assert "结果不一致" not in page


def test_the_pages_are_english_too_and_another_area_is_not_found(sign_in, review):
    client = sign_in("handler", "en")
    assert "Quarterly review" in text(client.get(reverse("review-round", args=[review.pk])))
    assert "Enter as verified" in text(client.get(listing(review)))
    assert client.get(reverse("review-lines", args=[review.pk, "990101102201"])).status_code == 404
    assert client.get(reverse("review-print", args=[review.pk, "99"])).status_code == 404


def test_the_boxes_to_tick_are_there_outside_of_tests_too(client, review, monkeypatch):
    """A template that calls what it should only look at finds nothing, and takes that for no."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")
    assert text(client.get(listing(review))).count('name="selected"') == 2


def test_whoever_may_only_look_is_offered_no_act(sign_in, review):
    page = text(sign_in("leader").get(listing(review)))
    assert 'name="selected"' not in page
    assert "开展这一轮" not in text(sign_in("leader").get(reverse("reviews")))
    assert clock.today() == dt.date(2025, 7, 1)
