"""What the processes of the year share: the office, the calendar, and the records that the invented people became."""

import datetime as dt
import random
from dataclasses import dataclass, field

from minzheng.core import clock
from minzheng.demo.cast import Cast
from minzheng.demo.figures import Figures
from minzheng.demo.people import FamilyRow, PersonRow
from minzheng.demo.solve.plan import YearPlan
from minzheng.demo.tariffs import Tariffs
from minzheng.people.models import Household, Person
from minzheng.scenario.office import Office
from minzheng.scenario.schedule import Schedule


@dataclass
class World:
    """Everything a process needs. Records are found by the rows that they were registered from."""

    year: int
    figures: Figures
    plan: YearPlan
    cast: Cast
    tariffs: Tariffs
    office: Office
    schedule: Schedule
    random: random.Random
    households: dict[str, Household] = field(default_factory=dict)
    """By file number."""
    persons: dict[str, Person] = field(default_factory=dict)
    """By identity number."""
    funds: dict[str, object] = field(default_factory=dict)

    def household(self, family: FamilyRow) -> Household:
        return self.households[family.number]

    def person(self, row: PersonRow) -> Person:
        return self.persons[row.number]

    def day(self, month: int, number: int) -> dt.date:
        return dt.date(self.year, month, number)

    def move_to(self, day: dt.date) -> None:
        """The office's date is this day now."""
        if self._today != day:
            clock.set_today(day)
            self._today = day

    _today: dt.date | None = None
