"""What was done in a case: from the application to the review, a meeting, a hearing, the posting, the assessment."""

from functools import partial

from minzheng.cases import sometimes
from minzheng.cases.board import board_of
from minzheng.cases.models import Assessment, Case, Moment
from minzheng.cases.papers.explaining import explanation_rows, member_names
from minzheng.cases.papers.words.common import ZH, Words, cycle, day, named
from minzheng.cases.queries import CaseView, Entry
from minzheng.core import documents
from minzheng.core.errors import pick
from minzheng.core.money import format_yuan
from minzheng.core.paper import written_day
from minzheng.papers.values import Photo, money
from minzheng.policy.explain import explanation_of
from minzheng.policy.sheet import present


def of_course(view: CaseView) -> Words:
    """From the application to the decision: days, papers, who did what."""
    first: dict[str, Entry] = {entry.act: entry for entry in view.timeline}  # the timeline runs backwards
    last: dict[str, Entry] = {entry.act: entry for entry in reversed(view.timeline)}
    accepted = first.get("cases.accept") or first.get("cases.evaluate")
    reviewed = last.get("cases.review")
    received = [paper for paper in view.papers if paper.received_on]
    return {
        "申请日期": view.case.opened_on,
        "受理日期": accepted.on if accepted else None,
        "受理人": accepted.actor if accepted else "",
        "办理期限": view.total.due_on if view.total else None,
        "期限依据": view.total.rule if view.total else "",
        "已收材料": [
            {"序号": str(place), "名称": pick(paper.label, ZH), "日期": paper.received_on}
            for place, paper in enumerate(received, 1)
        ],
        "办理经过": [
            {"日期": entry.on, "事项": pick(entry.label, ZH), "办理人": entry.actor, "意见": entry.note}
            for entry in reversed(view.timeline)
        ],
        "审核人": reviewed.actor if reviewed else "",
        "审核意见": (reviewed.note or "同意") if reviewed else "",
        "审核日期": reviewed.on if reviewed else None,
    }


def of_sometimes(view: CaseView) -> Words:
    """Kinships, the evaluation meeting, the hearing."""
    rules = view.procedure
    meeting = next((entry for entry in view.timeline if "votes" in entry.data), None)
    hearing = next((entry for entry in view.timeline if entry.act == sometimes.HEAR), None)
    came = meeting.data["participants"] if meeting else []
    capacities = rules.meeting.capacities if rules.meeting else {}
    return {
        "近亲属": [
            {
                "日期": entry.on,
                "何人": named(rules.kinship.of if rules.kinship else {}, entry.data["kinship"]["of"]),
                "关系": named(rules.kinship.relations if rules.kinship else {}, entry.data["kinship"]["relation"]),
                "双方": entry.data["kinship"]["between"],
            }
            for entry in reversed(view.timeline)
            if entry.data.get("kinship")
        ],
        "近亲属依据": rules.kinship.rule if rules.kinship else "",
        "评议日期": day(meeting.data["held_on"]) if meeting else None,
        "评议地点": meeting.data["place"] if meeting else "",
        "评议人员": [
            {"序号": str(place), "姓名": one["name"], "身份": named(capacities, one["capacity"])}
            for place, one in enumerate(came, 1)
        ],
        "同意票": str(meeting.data["votes"]["agree"]) if meeting else "",
        "反对票": str(meeting.data["votes"]["disagree"]) if meeting else "",
        "弃权票": str(meeting.data["votes"]["abstain"]) if meeting else "",
        "评议意见": meeting.note if meeting else "",
        "评议依据": rules.meeting.rule if rules.meeting else "",
        "听取日期": day(hearing.data["heard_on"]) if hearing else None,
        "听取对象": hearing.data["who"] if hearing else "",
        "听取意见": hearing.note if hearing else "",
        "放弃陈述": bool(hearing and hearing.data["declined"]),
        "听取人": hearing.actor if hearing else "",
        "听取依据": rules.hearing.rule if rules.hearing else "",
    }


def of_posting(view: CaseView) -> Words:
    """The last posting, its objections and photos."""
    if not view.postings:
        return {}
    posting = view.postings[-1]
    objections = list(posting.objections.order_by("pk"))
    hung = posting.photos.select_related("document").defer("document__content").order_by("taken_on", "pk")
    photos = {photo.moment: photo for photo in hung}
    return {
        "公示编号": posting.number,
        "公示标题": board_of(posting).title,
        "公示姓名": posting.shown_name,
        "公示人数": str(posting.shown_people),
        "公示金额": money(posting.shown_amount),
        "公示开始": posting.posted_on,
        "公示结束": posting.taken_down_on if objections else posting.ends_on,
        "公示地点": posting.place,
        "公示依据": posting.rule,
        "有异议": bool(objections),
        "异议": [
            {
                "序号": str(place),
                "日期": one.on,
                "内容": one.text,
                "答复": one.answer or "尚未答复",
                "答复日期": one.answered_on,
            }
            for place, one in enumerate(objections, 1)
        ],
        "公示照片": [
            {
                "照片": Photo(partial(documents.content, photo.document)),
                "说明": f"{Moment(moment).label}　{written_day(photo.taken_on)}",
            }
            for moment, photo in sorted(photos.items(), key=lambda one: one[0] != Moment.START)
        ],
    }


def of_assessment(assessment: Assessment | None, case: Case) -> Words:
    """The explanation, every line of it, so that a resident can check it with a pencil."""
    if assessment is None:
        return {}
    found = present(explanation_of(assessment.explanation), ZH, members=member_names(assessment))
    refused = found.outcome == "refused"
    result = f"符合，{format_yuan(assessment.amount or 0)}元／{cycle(case)}" if assessment.eligible else "不符合条件"
    return {
        "测算日期": assessment.on,
        "测算结果": result,
        "测算项目": [dict(zip(("项目", "算式", "结果", "依据"), row, strict=True)) for row in explanation_rows(found)],
        "不符合项": [
            {"内容": f"不符合：{reason.text}" if refused else reason.text, "说明": reason.detail}
            for reason in found.reasons
        ],
    }
