"""The words of a case's papers, from what the case knows. A word that the case does not know yet is empty, and the
paper leaves a line for it."""

from minzheng.cases.board import Board, days_of, notes
from minzheng.cases.papers.words.common import ZH, Words, cycle, office, programme_name, said
from minzheng.cases.papers.words.exceptional import of_conference, of_ending, of_missing, of_verification
from minzheng.cases.papers.words.party import of_party
from minzheng.cases.papers.words.ruling import of_decision, of_service
from minzheng.cases.papers.words.steps import of_assessment, of_course, of_posting, of_sometimes
from minzheng.cases.queries import CaseView
from minzheng.core import clock
from minzheng.papers.values import money

__all__ = ["ZH", "Words", "cycle", "of_board", "of_case", "office", "programme_name", "said"]


def of_case(view: CaseView) -> Words:
    """Every word of the group `case`."""
    case = view.case
    visit = view.visits[-1] if view.visits else None
    day = visit.visited_on if visit else clock.today()
    return (
        of_party(view, day)
        | of_course(view)
        | {
            "入户日期": visit.visited_on if visit else None,
            "调查人员": f"{visit.first_visitor.name}、{visit.second_visitor.name}" if visit else "",
            "在场人员": visit.met if visit else "",
            "调查情况": visit.findings if visit else "",
            "邻里意见": [{"被访问人": one["who"], "内容": one["said"]} for one in visit.neighbours] if visit else [],
        }
        | of_missing(view)
        | of_sometimes(view)
        | of_verification(view)
        | of_conference(view)
        | of_posting(view)
        | of_assessment(view.assessment, case)
        | of_decision(view)
        | of_ending(view)
        | of_service(view)
    )


def of_board(board: Board) -> Words:
    """Every word of the group `board`: a sheet shows name, people and amount, and nothing else of the family."""
    return {
        "单位": board.office,
        "标题": board.title,
        "编号": board.number,
        "开头": board.opening,
        "周期": board.cycle,
        "名单": [
            {
                "序号": str(place),
                "姓名": row.shown_name,
                "人数": str(row.shown_people),
                "金额": money(row.shown_amount),
                "公示时间": days_of(row),
            }
            for place, row in enumerate(board.rows, 1)
        ],
        "时间不同": board.days_differ,
        "有合计": board.has_total,
        "合计户数": f"{len(board.rows)}{board.unit}",
        "合计人数": str(board.people),
        "合计金额": money(board.amount),
        "说明": [{"内容": line} for line in notes(board)],
        "日期": board.posted_on,
    }
