"""Every write of casework. Each function takes `by=`, runs in one transaction, leaves a step and an audit row, and
refuses with the name of the rule."""

from minzheng.cases.actions.assessing import assess
from minzheng.cases.actions.bulk import IN_BULK, TAKES_NOTE, TAKES_PAPERS, Together, act_on_many
from minzheng.cases.actions.deciding import decide, review
from minzheng.cases.actions.door import unchanged
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
from minzheng.cases.actions.visits import record_county_visit, record_visit

__all__ = [
    "IN_BULK",
    "TAKES_NOTE",
    "TAKES_PAPERS",
    "Kinship",
    "Participant",
    "Received",
    "Together",
    "act",
    "act_on_many",
    "add_photo",
    "answer_objection",
    "assess",
    "complain",
    "decide",
    "decide_list",
    "declare_kinship",
    "draw_up_list",
    "end_posting",
    "hear",
    "hold_meeting",
    "keep_up",
    "kinship_data",
    "object_to",
    "open_case",
    "post",
    "rebuild",
    "receive_paper",
    "receive_papers",
    "record_county_visit",
    "record_visit",
    "review",
    "serve",
    "take_down_ended",
    "unchanged",
]
