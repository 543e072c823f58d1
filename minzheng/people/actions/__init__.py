"""Every write of the stage. Each leaves its audit row in the same transaction."""

from minzheng.people.actions.accounts import Agreement, name_account, own_account
from minzheng.people.actions.deaths import record_death, refute_death, verify_death
from minzheng.people.actions.facts import record_fact
from minzheng.people.actions.heads import change_head, refer_minors, succeed
from minzheng.people.actions.households import form_household, join, leave
from minzheng.people.actions.joining import merge, split
from minzheng.people.actions.moves import hand_over, move_out, receive_file
from minzheng.people.actions.persons import add_identifier, mask, register_person, reveal
from minzheng.people.actions.take_back import take_back

__all__ = [
    "Agreement",
    "add_identifier",
    "change_head",
    "form_household",
    "hand_over",
    "join",
    "leave",
    "mask",
    "merge",
    "move_out",
    "name_account",
    "own_account",
    "receive_file",
    "record_death",
    "record_fact",
    "refer_minors",
    "refute_death",
    "register_person",
    "reveal",
    "split",
    "succeed",
    "take_back",
    "verify_death",
]
