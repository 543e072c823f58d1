"""Every write of casework. Each function takes `by=`, runs in one transaction, leaves a step and an audit row, and
refuses with the name of the rule."""

from minzheng.cases.actions.assessing import assess
from minzheng.cases.actions.deciding import decide, review
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
from minzheng.cases.actions.visits import record_visit

__all__ = [
    "Received",
    "act",
    "add_photo",
    "answer_objection",
    "assess",
    "decide",
    "decide_list",
    "draw_up_list",
    "end_posting",
    "keep_up",
    "object_to",
    "open_case",
    "post",
    "rebuild",
    "receive_paper",
    "receive_papers",
    "record_visit",
    "review",
    "take_down_ended",
]
