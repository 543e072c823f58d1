"""The page of a simulation: the form, the answer, the list, the reasons, the workbook, what is refused."""

import io
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.core.models import AuditEntry
from minzheng.web.reads.simulation_page import packed, unpacked
from tests.web.town import TOWN, Town

ASKED = {"on": "2025-03-01", "area": TOWN, "set.dibao.standard": "700", "set.dibao.elderly": "0.25"}


@pytest.fixture
def homes(users):
    town = Town(users)
    found = [town.family("赵甲", "钱乙", "孙丙"), town.family("周丁"), town.family("吴戊", village="990101101202")]
    for home, income in zip(found[:2], (2400, 1200), strict=True):
        town.granted(home, income)
    town.on(3, 1)
    town.means(found[2], 6000)
    town.on(3, 3)
    return found


def text(response) -> str:
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_form_lists_what_holds_now_with_its_source(sign_in, law, language):
    page = text(sign_in("handler", language).get(reverse("simulation")))
    assert 'name="set.dibao.standard"' in page
    assert "演示用的虚构标准" in page
    assert 'value="2025-03-01"' in page
    assert 'name="set.old_age_allowance.bands"' not in page  # a table
    assert ("测算，不写入任何数据" if language == "zh-hans" else "Simulation: nothing is written") in page


def test_what_is_typed_becomes_an_address(sign_in, law):
    sent = ASKED | {"set.dibao.minor": " ", "csrfmiddlewaretoken": "x"}
    response = sign_in("handler").post(reverse("simulation"), sent)
    assert response.status_code == 302
    assert {key: value[0] for key, value in parse_qs(urlsplit(response.url).query).items()} == ASKED


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_answer(sign_in, homes, language):
    response = sign_in("handler", language).get(reverse("simulation"), ASKED)
    page = text(response)
    found = response.context["found"]
    assert (found.total.enter, found.total.gain, found.total.leave, found.total.lose) == (1, 2, 0, 0)
    assert found.total.month_after > found.total.month_before
    assert "赵甲" in page
    assert "吴戊" in page
    assert "data-lorenz" in page
    assert set(found.by_area) == {"990101101201", "990101101202"}
    table = response.context["table"]
    assert len(table.rows) == 3
    assert sum(line.more for line in table.rows) == found.total.month_more


def test_the_list_is_filtered_by_how_they_move(sign_in, homes):
    client = sign_in("handler")
    for move, names in (("enter", {"吴戊"}), ("gain", {"赵甲", "周丁"}), ("lose", set()), ("unchanged", set())):
        response = client.get(reverse("simulation"), ASKED | {"move": move, "programme": "dibao"})
        page = text(response)
        shown = page[page.index('id="parties"') :]
        assert {name for name in ("赵甲", "周丁", "吴戊") if name in shown} == names
        if not names:
            assert "没有这样的对象" in shown


def test_each_amount_has_its_reasons(sign_in, homes):
    client = sign_in("handler")
    page = text(client.get(reverse("simulation-why", args=["dibao", f"h{homes[2].pk}"]), ASKED))
    assert "吴戊" in page
    assert "700.00 × 1" in page
    assert "测算 simulation" in page
    assert "375.00" in page  # 700 − 500, and 175 for a head of 72
    assert client.get(reverse("simulation-why", args=["dibao", "h999999"]), ASKED).status_code == 404
    assert client.get(reverse("simulation-why", args=["nothing", f"h{homes[2].pk}"]), ASKED).status_code == 404
    assert client.get(reverse("simulation-why", args=["dibao", "x"]), ASKED).status_code == 404


def test_the_workbook(sign_in, homes):
    response = sign_in("handler").get(reverse("simulation"), ASKED | {"format": "xlsx"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    assert book.sheet_names[:3] == ["汇总", "按区划", "按项目"]
    gains = book.get_sheet_by_name("增加").to_python()[3:]
    assert {row[2] for row in gains} == {"赵甲", "周丁"}


def test_an_uploaded_rates_file_works_like_a_typed_value(sign_in, homes):
    client = sign_in("handler")
    content = "dibao: {standard: [{area: '99', residence: rural, from: 2025-01-01, value: 700}]}"
    sent = {"on": "2025-03-01", "area": TOWN, "rates_file": SimpleUploadedFile("新标准.yaml", content.encode())}
    response = client.post(reverse("simulation"), sent)
    assert response.status_code == 302
    page = client.get(response.url.partition("#")[0])
    assert "新标准.yaml" in text(page)
    typed = client.get(reverse("simulation"), {"on": "2025-03-01", "area": TOWN, "set.dibao.standard": "700"})
    assert page.context["found"].total == typed.context["found"].total


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"set.dibao.standard": "many"}, "不是以元计的金额"),
        ({"set.dibao.standrd": "7"}, "是不是 standard"),
        ({"on": "1999-01-01"}, "没有生效的版本"),
        ({"on": "yesterday"}, "看不懂日期"),
        ({"rates": "not packed"}, "不完整"),
        ({"rates": packed("dibao: {standrd: [{from: 2025-01-01, value: 1}]}")}, "是不是 standard"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(sign_in, homes, changes, says):
    page = text(sign_in("handler").get(reverse("simulation"), ASKED | changes))
    assert says in page
    assert 'role="alert"' in page
    assert 'value="0.25"' in page


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 300_000])
def test_a_file_that_cannot_be_read_is_refused_on_the_form(sign_in, law, content):
    sent = ASKED | {"rates_file": SimpleUploadedFile("x.yaml", content)}
    page = text(sign_in("handler").post(reverse("simulation"), sent))
    assert 'role="alert"' in page
    assert 'value="0.25"' in page


def test_nobody_lives_there(sign_in, law):
    page = text(sign_in("handler").get(reverse("simulation"), ASKED))
    assert "没有可以测算的人" in page


def test_another_town_and_another_role_are_refused(sign_in, homes):
    client = sign_in("handler")
    assert client.get(reverse("simulation"), ASKED | {"area": "990101102"}).status_code == 403
    why = reverse("simulation-why", args=["dibao", f"h{homes[0].pk}"])
    assert client.get(why, ASKED | {"area": "990101102"}).status_code == 403
    for role in ("village_worker", "finance", "administrator"):
        assert sign_in(role).get(reverse("simulation")).status_code == 403


def test_a_county_sees_its_townships(sign_in, homes):
    response = sign_in("reviewer").get(reverse("simulation"), ASKED | {"area": "990101"})
    assert set(response.context["found"].by_area) == {TOWN}


def test_the_page_writes_nothing(sign_in, homes):
    client = sign_in("handler")
    with scope([EVERYWHERE]):
        before = AuditEntry.objects.count()
    text(client.get(reverse("simulation"), ASKED))
    with scope([EVERYWHERE]):
        assert AuditEntry.objects.count() == before


def test_the_number_of_questions_is_bounded(sign_in, homes, django_assert_max_num_queries):
    client = sign_in("handler")
    client.get(reverse("simulation"), ASKED)
    with django_assert_max_num_queries(130):
        text(client.get(reverse("simulation"), ASKED))


def test_a_file_travels_in_the_address_and_back():
    assert unpacked(packed("dibao: {}\n" * 100)) == "dibao: {}\n" * 100
