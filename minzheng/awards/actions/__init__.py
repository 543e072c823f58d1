"""Every write of the stage. Each leaves its audit row in the same transaction."""

from minzheng.awards.actions.change import change, change_payee, end, reassess, stop
from minzheng.awards.actions.family_changes import (
    MERGED,
    MOVED_OUT,
    SPLIT,
    SPLIT_OFF,
    end_of_a_move,
    end_what_merged,
    hold_as_before,
    pay_the_new_family,
)
from minzheng.awards.actions.files import follow_file, follow_head
from minzheng.awards.actions.grant import grant
from minzheng.awards.actions.hold import end_hold_for_death, hold, hold_for_death, release, settle_death
from minzheng.awards.actions.joining import merge, split
from minzheng.awards.actions.month import confirm_candidate, refuse_candidate
from minzheng.awards.actions.moves import hand_over, move_out
from minzheng.awards.actions.put_back import put_back
from minzheng.awards.actions.restore import restore
from minzheng.awards.actions.roster import RosterRow, carry_over_roster
from minzheng.awards.actions.settlement import SettlementRow, settle
from minzheng.awards.actions.standard import Effect, apply_standard, refresh_birthdays
from minzheng.awards.overlaps import store as store_overlaps
from minzheng.awards.refusals import RowError, RowsRefused

__all__ = [
    "MERGED",
    "MOVED_OUT",
    "SPLIT",
    "SPLIT_OFF",
    "Effect",
    "RosterRow",
    "RowError",
    "RowsRefused",
    "SettlementRow",
    "apply_standard",
    "carry_over_roster",
    "change",
    "change_payee",
    "confirm_candidate",
    "end",
    "end_hold_for_death",
    "end_of_a_move",
    "end_what_merged",
    "follow_file",
    "follow_head",
    "grant",
    "hand_over",
    "hold",
    "hold_as_before",
    "hold_for_death",
    "merge",
    "move_out",
    "pay_the_new_family",
    "put_back",
    "reassess",
    "refresh_birthdays",
    "refuse_candidate",
    "release",
    "restore",
    "settle",
    "settle_death",
    "split",
    "stop",
    "store_overlaps",
]
