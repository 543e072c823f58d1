"""Notices on the board: one sheet a village, photos, the proof, coming down by themselves; objections."""

import datetime as dt
import io

import pytest
from docx import Document as read

from minzheng.cases import actions, board, ending, papers, procedure, queries
from minzheng.cases.models import Moment, Objection, PostingKind
from minzheng.core import documents
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry, Document, Task
from tests.cases.conftest import Way, make_family
from tests.cases.pictures import png

D = dt.date
VILLAGE = "990101101201"


def words(content: bytes) -> str:
    word = read(io.BytesIO(content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in word.paragraphs] + cells)


def pictures_in(content: bytes) -> int:
    return len(read(io.BytesIO(content)).inline_shapes)


@pytest.fixture
def two(world, day) -> list[Way]:
    """Two families of one village, posted on two days."""
    ways = [Way(world, make_family(world["handler"], mark)) for mark in ("甲", "乙")]
    ways[0].to_posted()
    ways[1].accept().check().visit().assess()
    day(3, 5)
    ways[1].post()
    return ways


def test_one_sheet_holds_all_notices_of_a_village_that_are_up(world, two, day):
    from minzheng.access import actions as access

    access.set_phone(by=world["handler"], phone=" 0830-5550100 ")
    sheet = words(actions_sheet(world))
    assert "最低生活保障初审公示" in sheet
    assert f"DBG-{VILLAGE}-20250305" in sheet
    for shown in ("赵甲", "赵乙", "1,000.00", "3月3日至3月10日", "3月5日至3月12日", "合计", "2户", "2,000.00"):
        assert shown in sheet
    assert "安和镇民政办公室反映，电话：0830-5550100" in sheet
    for hidden in ("钱甲", "孙乙", "6,000", "土房", "1960", "A甲", two[0].case.number):
        assert hidden not in sheet
    day(3, 11)  # the first has hung to its end
    sheet = words(actions_sheet(world))
    assert "赵甲" not in sheet
    assert "公示时间：2025年3月5日至2025年3月12日（张贴当日不计）" in sheet
    assert AuditEntry.objects.filter(action="cases.print_sheet").count() == 2


def actions_sheet(world, kind=PostingKind.POSTING):
    return papers.sheets(by=world["handler"], villages=[VILLAGE], kind=kind)


def test_nothing_up_is_no_sheet(world):
    with pytest.raises(Refused, match=r"posting\.nothing_up"):
        actions_sheet(world)
    with pytest.raises(Refused, match=r"access\.forbidden"):
        papers.sheets(by=world["reviewer"], villages=[VILLAGE], kind=PostingKind.POSTING)


def test_the_roster_of_a_village_is_published_on_one_sheet(world, two, day):
    for way in two:
        way.end_posting().review()
        actions.decide(by=world["approver"], case=way.case, outcome="grant")
    sheet = words(actions_sheet(world, PostingKind.PUBLICATION))
    assert "最低生活保障对象公布" in sheet
    assert "赵甲" in sheet
    assert "赵乙" in sheet
    assert "第二十四条" in sheet
    assert "在享期间持续公布" in sheet
    for hidden in ("钱甲", "6,000", "1960"):
        assert hidden not in sheet
    assert [view.shown_name for view in queries.case_view(two[0].case, user=world["handler"]).publications] == ["赵甲"]


def test_a_sheet_costs_no_more_with_more_rows(world, two, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        (found,) = board.boards(villages=[VILLAGE], kind=PostingKind.POSTING)
    assert len(found.rows) == 2
    third = Way(world, make_family(world["handler"], "丙")).to_posted()
    assert third.case.stage == "posted"
    with django_assert_max_num_queries(8):
        (found,) = board.boards(villages=[VILLAGE], kind=PostingKind.POSTING)
    assert len(found.rows) == 3


def test_what_has_ended_comes_down_by_itself_and_the_task_says_what_is_next(way: Way, day):
    way.to_posted()
    day(3, 10)
    assert actions.take_down_ended(by=way.users["reviewer"], area="990101") == 0  # the last day still counts
    assert [line.name for line in queries.on_notice(VILLAGE)] == ["赵甲"]
    day(3, 12)
    assert queries.on_notice(VILLAGE) == []
    assert actions.take_down_ended(by=way.users["reviewer"], area="990101") == 1
    way.posting.refresh_from_db()
    assert way.posting.taken_down_on == D(2025, 3, 11)
    task = Task.objects.get(kind="cases.end_posting", done_on=None)
    assert task.label == {"zh-Hans": "公示期满，报县级", "en": "End the posting and send up"}
    assert task.due_on == D(2025, 3, 11)
    assert actions.take_down_ended(by=way.users["reviewer"], area="990101") == 0
    actions.end_posting(by=way.users["handler"], case=way.case)  # a person says that nobody objected
    assert way.case.stage == "posting_ended"
    way.posting.refresh_from_db()
    assert way.posting.taken_down_on == D(2025, 3, 11)


def test_photos_are_dated_and_one_may_show_several_notices(world, two, day):
    postings = [way.posting for way in two]
    actions.add_photo(
        by=world["village_worker"], postings=postings, content=png(), moment="start", taken_on=D(2025, 3, 5)
    )
    assert [posting.photos.get().moment for posting in postings] == [Moment.START, Moment.START]
    assert Document.objects.filter(kind="cases.posting_photo_start").count() == 1
    assert AuditEntry.objects.filter(action="cases.posting_photo").count() == 2


@pytest.mark.parametrize(
    ("moment", "taken_on"),
    [
        ("start", D(2025, 3, 2)),  # before it was put up
        ("start", D(2025, 3, 12)),  # after today
        ("end", D(2025, 3, 9)),  # before its last day
    ],
)
def test_a_photo_of_another_day_is_refused(way: Way, day, moment, taken_on):
    way.to_posted()
    day(3, 11)
    with pytest.raises(Refused, match=r"posting\.photo_day"):
        actions.add_photo(
            by=way.users["handler"], postings=[way.posting], content=png(), moment=moment, taken_on=taken_on
        )


def test_no_notice_no_photo(world):
    with pytest.raises(Refused, match=r"posting\.none_chosen"):
        actions.add_photo(by=world["handler"], postings=[], content=png(), moment="start")


def test_the_proof_needs_both_photos_and_holds_them(way: Way, day):
    handler = way.users["handler"]
    way.to_posted()
    with pytest.raises(Refused, match=r"posting\.not_over"):
        papers.make(by=handler, case=way.case, kind="posting_proof")
    actions.add_photo(by=handler, postings=[way.posting], content=png(), moment="start")
    day(3, 11)
    with pytest.raises(Refused, match=r"posting\.photos_missing") as caught:
        papers.make(by=handler, case=way.case, kind="posting_proof")
    assert "缺期满时的照片" in caught.value.text("zh-Hans")
    actions.add_photo(by=handler, postings=[way.posting], content=png(), moment="end", taken_on=D(2025, 3, 10))
    content = documents.content(papers.make(by=handler, case=way.case, kind="posting_proof"))
    said = words(content)
    assert "最低生活保障初审公示结果证明" in said
    assert "2025年3月3日至2025年3月10日" in said
    assert "公示期内没有收到异议" in said
    assert "期满时　2025年3月10日" in said
    assert pictures_in(content) == 2
    assert "钱甲" not in said


def test_an_objection_and_its_answer_are_kept_and_in_the_proof(way: Way, day):
    handler = way.users["handler"]
    way.to_posted()
    actions.add_photo(by=handler, postings=[way.posting], content=png(), moment="start")
    day(3, 6)
    objection = actions.object_to(by=handler, posting=way.posting, by_whom="匿名来电", text="有门面房出租")
    task = Task.objects.get(kind="cases.answer_objection", done_on=None)
    assert (task.subject_type, task.subject_id, task.permission) == ("cases.posting", way.posting.pk, "cases.object")
    with pytest.raises(Refused, match=r"case\.objection_answer"):
        actions.answer_objection(by=handler, objection=objection, answer=" ")
    day(3, 8)
    actions.answer_objection(by=handler, objection=objection, answer="门面房为其兄所有，已核实")
    with pytest.raises(Refused, match="answered on 2025-03-08"):
        actions.answer_objection(by=handler, objection=objection, answer="另一种说法")
    assert Objection.objects.get().answer == "门面房为其兄所有，已核实"
    assert not Task.objects.filter(kind="cases.answer_objection", done_on=None).exists()
    said = words(documents.content(papers.make(by=handler, case=way.case, kind="posting_proof")))
    assert "异议1（2025年3月6日）：有门面房出租。答复（2025年3月8日）：门面房为其兄所有，已核实" in said
    assert "因异议撤下" in said
    assert "匿名来电" not in said  # who objected is nobody's business on a paper that is handed out


def test_who_doubts_a_publication_is_told_of_the_change(way: Way):
    way.to_reviewed()
    actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    (row,) = queries.case_view(way.case, user=way.users["handler"]).publications
    with pytest.raises(Refused, match=r"case\.objection_to_publication"):
        actions.object_to(by=way.users["handler"], posting=row, by_whom="村民", text="不实")


def test_a_minor_is_not_named_on_the_board_and_not_shown_to_the_public(world, day):
    from minzheng.people import actions as people
    from tests.cases.conftest import person

    child = person(world["handler"], "孙小小", D(2010, 7, 1))
    household = people.form_household(
        by=world["handler"], circle="family", area=VILLAGE, residence="rural", number="M1",
        formed_on=D(2020, 1, 1), members=[(child, "head")],
    )  # fmt: skip
    way = Way(world, household)
    way.accept().check().visit(income=0).assess().post()
    assert (way.posting.shown_name, way.posting.of_minor) == ("未成年人", True)
    assert queries.on_notice(VILLAGE) == []
    sheet = words(actions_sheet(world))
    assert "未成年人" in sheet and "孙" not in sheet
    way.end_posting().review()
    actions.decide(by=world["approver"], case=way.case, outcome="grant")
    assert queries.published(VILLAGE) == []


POSTING_PROCEDURES = [
    pytest.param(rules, id=f"{code}-{since}-{kind}")
    for code in procedure.programmes()
    for since, kinds in procedure.load(code).versions
    for kind, rules in kinds.items()
    if any(row.act == "cases.post" for row in rules.acts)
]
INVESTIGATES = {"cases.visit", "cases.cross_check", "cases.evaluate"}


def test_the_procedures_that_post():
    assert {rules.values[0].programme for rules in POSTING_PROCEDURES} == {
        "borderline",
        "rigid_expenditure",
        "dibao",
        "tekun",
        "rebuilding_grant",
    }


@pytest.mark.parametrize("rules", POSTING_PROCEDURES)
def test_an_objection_reopens_every_procedure_where_it_is_investigated_again(rules):
    """From each stage in which a notice hangs an objection can be entered; it leads back before the posting, to a stage
    from which the way to a new posting (or to the county) passes through an investigation."""
    hangs = {row.to for row in rules.acts if row.act == "cases.post"}
    posts_from = {stage for row in rules.acts if row.act == "cases.post" for stage in row.stages}
    for stage in hangs:
        objects = [row for row in rules.acts if row.act == "cases.object" and stage in row.stages]
        assert objects, f"no objection can be entered at {stage}"
        for row in objects:
            assert row.to not in hangs | posts_from
            reached, ahead = set(), [row.to]
            while ahead:  # every way on that does not investigate
                at = ahead.pop()
                reached.add(at)
                onward = {act.to for act in rules.acts if at in act.stages and act.act not in INVESTIGATES and act.to}
                ahead.extend(onward - reached)
            assert not reached & (posts_from | hangs)
            assert not any(rules.stage(name).outcome not in ("", "withdrawn", *ending.OUTCOMES) for name in reached)
            assert rules.stage(row.to).act in INVESTIGATES


@pytest.mark.parametrize("how", ["withdrawn", "terminated"])
def test_what_ends_before_its_notice_does_takes_the_notice_down(way, day, how):
    way.to_posted()
    day(3, 6)
    handler = way.users["handler"]
    if how == "withdrawn":
        actions.act(by=handler, case=way.case, act="cases.withdraw", note="儿子接去同住")
    else:
        actions.end_without_decision(by=handler, case=way.case, act="cases.terminate", ground="moved", note="迁往外省")
    way.posting.refresh_from_db()
    assert (way.case.outcome, way.posting.taken_down_on) == (how, D(2025, 3, 6))


def test_a_second_objection_is_kept_and_answered_too(way, day):
    def offered():
        return "object_again" in {act.name for act in queries.case_view(way.case, user=handler).acts}

    handler = way.users["handler"]
    way.accept().check()
    assert not offered()
    way.visit().assess().post()
    one, two = (
        actions.object_to(by=handler, posting=way.posting, by_whom=who, text="有门面房出租")
        for who in ("村民", "匿名来电")
    )
    assert (way.case.stage, offered()) == ("checked", True)
    actions.answer_objection(by=handler, objection=one, answer="没有")
    assert Task.objects.filter(kind="cases.answer_objection", done_on=None).exists()
    actions.answer_objection(by=handler, objection=two, answer="没有")
    assert not Task.objects.filter(kind="cases.answer_objection", done_on=None).exists()
    way.visit().assess().post()
    assert not offered()
