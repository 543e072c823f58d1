"""Every write of casework. Each function takes `by=`, runs in one transaction, leaves a step and an audit row, and
refuses with the name of the rule."""

from minzheng.cases.actions.appeals import annul, appeal, appeal_result, reopen
from minzheng.cases.actions.assessing import assess
from minzheng.cases.actions.bulk import IN_BULK, TAKES_NOTE, TAKES_PAPERS, Together, act_on_many
from minzheng.cases.actions.by_record import withdraw_what_was_opened
from minzheng.cases.actions.conference import confer
from minzheng.cases.actions.deciding import decide, review
from minzheng.cases.actions.door import unchanged
from minzheng.cases.actions.ending import ask_papers, end_without_decision
from minzheng.cases.actions.files import follow_file, hand_papers_over, leave_nothing_open
from minzheng.cases.actions.letters import hear, serve
from minzheng.cases.actions.lists import decide_list, draw_up_list
from minzheng.cases.actions.opening import act, open_case, rebuild, receive_paper, receive_papers
from minzheng.cases.actions.posting_photos import add_photo
from minzheng.cases.actions.postings import (
    answer_objection,
    end_posting,
    object_to,
    post,
    take_down_ended,
)
from minzheng.cases.actions.publications import Received, keep_up
from minzheng.cases.actions.sometimes import Kinship, Participant, complain, declare_kinship, hold_meeting, kinship_data
from minzheng.cases.actions.verification import (
    Authorisation,
    authorise,
    dispute_verification,
    record_verification,
    request_verification,
)
from minzheng.cases.actions.verification_report import take_verification_report
from minzheng.cases.actions.visit_papers import add_visit_paper
from minzheng.cases.actions.visits import Neighbour, record_county_visit, record_visit

__all__ = [
    "IN_BULK",
    "TAKES_NOTE",
    "TAKES_PAPERS",
    "Authorisation",
    "Kinship",
    "Neighbour",
    "Participant",
    "Received",
    "Together",
    "act",
    "act_on_many",
    "add_photo",
    "add_visit_paper",
    "annul",
    "answer_objection",
    "appeal",
    "appeal_result",
    "ask_papers",
    "assess",
    "authorise",
    "complain",
    "confer",
    "decide",
    "decide_list",
    "declare_kinship",
    "dispute_verification",
    "draw_up_list",
    "end_posting",
    "end_without_decision",
    "follow_file",
    "hand_papers_over",
    "hear",
    "hold_meeting",
    "keep_up",
    "kinship_data",
    "leave_nothing_open",
    "object_to",
    "open_case",
    "post",
    "rebuild",
    "receive_paper",
    "receive_papers",
    "record_county_visit",
    "record_verification",
    "record_visit",
    "reopen",
    "request_verification",
    "review",
    "serve",
    "take_down_ended",
    "take_verification_report",
    "unchanged",
    "withdraw_what_was_opened",
]
