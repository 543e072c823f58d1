"""“This month”: the roster is carried over, and only what may have to change is shown, each with what it would do to
the amount. Finding reads; nothing changes before somebody accepts.

A finder answers for an area (a township, or a part of it) and a benefit month. Months are their first days.
"""

from collections.abc import Mapping

from minzheng.awards.candidates.as_decided import decided, ending, held
from minzheng.awards.candidates.candidate import Candidate, Finder
from minzheng.awards.candidates.of_people import deaths, entitled
from minzheng.awards.candidates.worked_anew import birthdays, certificates, standards

__all__ = ["FINDERS", "Candidate", "Finder", "ending"]

FINDERS: Mapping[str, Finder] = {
    "death": deaths,
    "standard": standards,
    "birthday": birthdays,
    "entitled": entitled,
    "certificate": certificates,
    "ending": ending,
    "held": held,
    "decided": decided,
}
"""Kind → finder, in the order of the page: what may be paid wrongly first."""
