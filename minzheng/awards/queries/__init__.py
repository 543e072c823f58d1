"""Every read of the stage."""

from minzheng.awards.queries.ahead import Owed, owed_ahead
from minzheng.awards.queries.card import Benefit, benefits
from minzheng.awards.queries.due import Due, due, due_sql, owed, pay_cycle
from minzheng.awards.queries.effect import effect_of
from minzheng.awards.queries.grace import ended_by_death
from minzheng.awards.queries.household import Received, household_total, monthly_total
from minzheng.awards.queries.roster import Roster, RosterLine, in_force, roster
from minzheng.awards.queries.stock import Count, EnteredLeft, entered, entered_left, in_force_on, left
from minzheng.awards.queries.words import held_reasons, held_reasons_of
from minzheng.awards.terms import covered_on, going_on

__all__ = [
    "Benefit",
    "Count",
    "Due",
    "EnteredLeft",
    "Owed",
    "Received",
    "Roster",
    "RosterLine",
    "benefits",
    "covered_on",
    "due",
    "due_sql",
    "effect_of",
    "ended_by_death",
    "entered",
    "entered_left",
    "going_on",
    "held_reasons",
    "held_reasons_of",
    "household_total",
    "in_force",
    "in_force_on",
    "left",
    "monthly_total",
    "owed",
    "owed_ahead",
    "pay_cycle",
    "roster",
]
