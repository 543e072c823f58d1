"""The verification centre's report: read in as a whole, or refused by row and column."""

import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.core import crypto
from minzheng.people.models import Fact, IdentifierKind
from tests.web.test_sometimes import text
from tests.web.town import Town

HEAD = "办件编号,姓名,身份证号,核对类别,核对结果,核对日期"


@pytest.fixture
def town(users):
    town = Town(users)
    town.on(3, 3)
    return town


@pytest.fixture
def cases(town):
    """Two accepted cases whose verification is asked for: 赵甲 with 钱乙, and 周丁 alone."""
    found = [town.apply(town.family("赵甲", "钱乙")), town.apply(town.family("周丁"))]
    for case in found:
        town.accept(case)
    town.on(3, 5)
    return found


def number(case, name):
    with scope([EVERYWHERE]):
        kept = case.members.get(person__name=name).person.identifiers.get(kind=IdentifierKind.ID_NUMBER)
        return crypto.decrypt(kept.key_id, bytes(kept.ciphertext), purpose=IdentifierKind.ID_NUMBER)


def rows(cases, *more):
    """As the centre answers; the first stands in row 2."""
    first, second = cases
    zhao, qian, zhou = number(first, "赵甲"), number(first, "钱乙"), number(second, "周丁")
    return [
        [first.number, "赵甲", zhao, "收入", "12000.50", "2025-03-04"],
        [first.number, "钱乙", qian, "收入", "3,600元", "2025-03-04"],
        [first.number, "赵甲", zhao, "车辆", "1", "2025-03-04"],
        [first.number, "钱乙", qian, "车辆", "无", "2025-03-04"],
        [first.number, "赵甲", zhao, "市场主体登记", "有", "2025-03-04"],
        [first.number, "赵甲", zhao, "社会保险、商业保险", "养老保险 187 元/月", "2025-03-04"],
        [second.number, "周丁", zhou, "不动产", "1", "2025年3月5日"],
        *more,
    ]


def csv_of(lines):
    quoted = (",".join(f'"{cell}"' for cell in line) for line in lines)
    return "\n".join([HEAD, *quoted]).encode("gb18030")


def xlsx_of(lines):
    """With a merged heading above the titles, as centres send it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 5, "示例县核对结果表")
    for place, line in enumerate([HEAD.split(","), *lines], 1):
        sheet.write_row(place, 0, line)
    book.close()
    return out.getvalue()


def send(client, content, name="核对.csv"):
    return text(client.post(reverse("verification-report"), {"file": SimpleUploadedFile(name, content)}, follow=True))


def verified():
    with scope([EVERYWHERE]):
        facts = Fact.objects.filter(source="verified", superseded_at=None).order_by("name")
        return {(fact.household_id, fact.name): fact.value for fact in facts}


def stages(cases):
    with scope([EVERYWHERE]):
        for case in cases:
            case.refresh_from_db()
    return [case.stage for case in cases]


@pytest.mark.parametrize(("make", "name"), [(csv_of, "核对.csv"), (xlsx_of, "核对.xlsx")])
def test_a_report_on_two_cases_is_taken_in_with_its_facts(sign_in, cases, make, name):
    client = sign_in("handler")
    page = send(client, make(rows(cases)), name)
    assert "已登记 2 件的核对结果" in page
    assert stages(cases) == ["checked", "checked"]
    first, second = (case.household_id for case in cases)
    assert verified() == {
        (first, "annual_income"): 1_560_050,  # both incomes
        (first, "cars"): 1,
        (second, "houses"): 1,
    }  # that one has a business says nothing of the family: the other adult was not looked at
    page = text(client.get(reverse("case", args=[cases[0].pk])))
    assert "核对中心的报告" in page


def test_every_fault_is_named_by_row_and_column_and_nothing_is_taken(sign_in, cases):
    first, second = cases
    zhao, zhou = number(first, "赵甲"), number(second, "周丁")
    mistyped = zhao[:-1] + ("0" if zhao[-1] != "0" else "1")
    wrong = [  # from row 9 on
        [first.number, "赵甲", mistyped, "收入", "1", "2025-03-04"],
        [first.number, "周丁", zhou, "收入", "1", "2025-03-04"],
        [first.number, "赵乙", zhao, "收入", "1", "2025-03-04"],
        [first.number, "赵甲", zhao, "存款", "1", "2025-03-04"],
        [first.number, "赵甲", zhao, "收入", "很多", "2025-03-04"],
        [first.number, "赵甲", zhao, "收入", "1", "2025-03-05"],
        ["DB2025-999999", "赵甲", zhao, "收入", "1", "2025-03-04"],
        [first.number, "赵甲", zhao, "车辆", "1", "2025-03-04"],
        [first.number, "赵甲", zhao, "收入", "1", "2025-02-30"],
    ]
    page = send(sign_in("handler"), csv_of(rows(cases, *wrong)))
    assert "有 9 处错误，一行也没有登记" in page
    columns = ["身份证号", "身份证号", "姓名", "核对类别", "核对结果", "核对日期", "办件编号", "办件编号", "核对日期"]
    for row, column in zip(range(9, 18), columns, strict=True):
        assert f'class="mz-num">{row}</td><td data-label="列">{column}</td>' in page
    assert "与第 4 行完全相同" in page
    assert stages(cases) == ["accepted", "accepted"]
    assert verified() == {}


def test_a_case_that_cannot_take_its_result_holds_back_the_others(sign_in, cases):
    lines = [[*line[:5], "2025-03-02"] if line[1] == "周丁" else line for line in rows(cases)]
    page = send(sign_in("handler"), csv_of(lines))
    assert "第 8 行“核对日期”" in page  # from before it was asked for
    assert stages(cases) == ["accepted", "accepted"]
    assert verified() == {}


def test_once_taken_it_cannot_be_taken_again(sign_in, cases):
    client = sign_in("handler")
    send(client, csv_of(rows(cases)))
    assert "没有待登记结果的核对" in send(client, csv_of(rows(cases)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("姓名,核对类别\n赵甲,收入\n".encode(), "缺少列：办件编号、身份证号、核对结果、核对日期"),
        (HEAD.encode(), "一行结果也没有"),
        (b"PK\x03\x04nothing", "这个文件打不开"),
    ],
)
def test_what_is_no_such_table_is_refused(sign_in, cases, content, said):
    assert said in send(sign_in("handler"), content)


def test_a_village_worker_may_not_send_one(sign_in, cases):
    assert sign_in("village_worker").get(reverse("verification-report")).status_code == 403
