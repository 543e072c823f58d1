"""A scenario lived through: the clock moves day by day, and each event is done by whose act it is, in their scope."""

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml

from minzheng.access.models import User
from minzheng.access.scope import EVERYWHERE, scope
from minzheng.cases import actions as cases
from minzheng.cases.models import Case
from minzheng.core import clock, idnumber, workdays
from minzheng.core.errors import Refused
from minzheng.core.workdays import WorkCalendar
from minzheng.people import actions as people
from minzheng.people.models import Household, Person
from minzheng.policy import registry as law
from minzheng.policy.values import Kind as ValueKind
from minzheng.policy.values import write
from minzheng.scenario import county, places
from minzheng.scenario.forms import Newcomer
from minzheng.scenario.messages import ScenarioError
from minzheng.scenario.office import Office, as_user
from minzheng.scenario.reader import Event, Scenario
from minzheng.scenario.schedule import Process, Schedule

BANK = "示例农村商业银行（虚构）"


class Play:
    """What events act on: the office, the records by the names of the file, the calendar, and what was not as
    expected."""

    def __init__(self, scenario: Scenario, office: Office, until: dt.date | None = None) -> None:
        self.scenario = scenario
        self.office = office
        self.today = scenario.first
        self.schedule = Schedule(until or scenario.last)
        self.persons: dict[str, Person] = {}
        self.households: dict[str, Household] = {}
        self.cases: dict[str, Case] = {}
        """By their own name; under a party's name its newest."""
        self.calendar = workdays.OFFICIAL
        self.unmet: list[ScenarioError] = []
        self._event = scenario.events[0]
        self._rates: dict[str, dict[str, list[dict[str, object]]]] = {}
        self._open = ExitStack()
        self._own_policies: Path | None = None

    def run(self) -> None:
        """From the first day to the last. Raises ScenarioError where an act is refused that the file does not expect,
        or not refused that it does; what was not as expected is in `unmet`."""
        clock.set_today(self.today)
        for event in self.scenario.events:
            self.schedule.at(event.day, self._lived(event))
        with self._open, clock.remembered():
            self.schedule.live(self._move_to)
            self._move_to(self.schedule.close)

    def _move_to(self, day: dt.date) -> None:
        """Every day is lived through: what happens by itself in a night has its chance."""
        while self.today < day:
            self.today += dt.timedelta(days=1)
            clock.set_today(self.today)

    def _lived(self, event: Event) -> Process:
        """One event, with what it goes on to do on later days; a refusal is the file's, or the end."""
        from minzheng.scenario.events import KINDS

        self._event = event
        try:
            process = KINDS[event.kind].do(self, **event.arguments)
            if process is not None:
                while True:
                    self._event = event
                    day = next(process, None)
                    if day is None:
                        break
                    yield day
        except Refused as refused:
            if isinstance(refused, ScenarioError):
                raise
            self._refused(event, refused)
        else:
            if event.refused:
                raise self.error("not_refused", event, wanted=event.refused)

    def _refused(self, event: Event, refused: Refused) -> None:
        if event.refused == refused.code:
            return
        code = "other_refusal" if event.refused else "refused"
        said = {"cause_zh": refused.text("zh-Hans"), "cause_en": refused.text("en")}
        raise self.error(code, event, wanted=event.refused, rule=refused.code, **said) from refused

    def error(self, message: str, event: Event, **values: Any) -> ScenarioError:
        return ScenarioError(message, file=self.scenario.file, line=event.line, event=event.kind, **values)

    def fault(self, message: str, **values: Any) -> ScenarioError:
        """What is wrong with the event that is being done."""
        return self.error(message, self._event, **values)

    def differs(self, differences: list[str]) -> None:
        """What is not as the event that is being done expects it."""
        if differences:
            self.unmet.append(self.fault("unmet", differences="; ".join(differences)))

    # ---- who acts

    def user(self, role: str, area: str) -> User:
        """Who does this here: the account that the entry names, or whose act it is."""
        return self.office.staff[self._event.account] if self._event.account else self.office.holder(role, area)

    @contextmanager
    def acting(self, role: str, area: str) -> Iterator[User]:
        with as_user(self.user(role, area)) as user:
            yield user

    @contextmanager
    def acting_for(self, name: str, role: str) -> Iterator[tuple[User, dict[str, Any]]]:
        """Acting for a party by its name; gives the user and the party as actions take it."""
        party = self.party(name)
        with self.acting(role, party.area_id) as user:
            yield user, {"household" if isinstance(party, Household) else "person": party}

    # ---- records by their names

    def party(self, name: str) -> Household | Person:
        return self.households[name] if name in self.households else self.persons[name]

    def household(self, name: str) -> Household:
        return self.households[name]

    def person(self, name: str) -> Person:
        return self.persons[name]

    def case(self, name: str) -> Case:
        """A case by its own name, or the newest one of a party, as it stands now."""
        if name not in self.cases:
            raise self.fault(
                "unknown_name", name=name, what_zh="事项", what_en="case",
                known=", ".join(self.cases) or "—", hint_zh="", hint_en="",
            )  # fmt: skip
        return self.refresh(self.cases[name])

    def refresh(self, case: Case) -> Case:
        with scope([EVERYWHERE]):
            case.refresh_from_db()
        return case

    def refresh_files(self) -> None:
        """The files of the families as they stand now."""
        with scope([EVERYWHERE]):
            for household in self.households.values():
                household.refresh_from_db()

    def opened(self, case: Case, party: str, name: str = "") -> None:
        self.cases[party] = case
        if name:
            self.cases[name] = case

    # ---- what is invented

    def invent(self, user: User, name: str, one: Newcomer, village: str) -> Person:
        """Register an invented person: a number of the invented county that fits, an account, facts."""
        serial = len(self.persons) + 1
        sequence = serial * 2 - (one.sex == "male")
        person = people.register_person(
            by=user,
            name=name,
            area=village,
            id_number=idnumber.make(places.COUNTY, one.born, sequence),
            address=places.address(village, serial % places.GROUPS + 1),
            account=self.next_account() if one.account else None,
            account_note={"bank": BANK, "holder": name},
        )
        self.persons[name] = person
        for fact, value in (one.facts or {}).items():
            people.record_fact(by=user, name=fact, value=value, source="declared", valid_from=one.born, person=person)
        return person

    _accounts = 0

    def next_account(self) -> str:
        """A number of a range that no bank uses."""
        self._accounts += 1
        return f"990103{self._accounts:013d}"

    def bank_note(self, person: Person) -> dict[str, str]:
        return {"bank": BANK, "holder": person.name}

    # ---- what is published

    def count_by(self, calendar: WorkCalendar) -> None:
        """Days are counted by this calendar from now on, and the due dates of open cases follow."""
        self.calendar = calendar
        self._open.enter_context(workdays.counting_by(calendar))
        with scope([EVERYWHERE]):
            still_open = list(Case.objects.filter(closed_on=None).order_by("pk"))
        for case in still_open:
            with as_user(self.office.holder("handler", case.area_id)) as user:
                cases.rebuild(by=user, case=case)

    def set_otherwise(self, programme: str, kind: str, part: str, says: Mapping[str, Any]) -> None:
        """The county's own settings over a part of a procedure."""
        self._own_policies = self._own_policies or self._open.enter_context(county.own_policies())
        if not county.set_otherwise(self._own_policies, programme, kind, part, says):
            raise self.fault("no_part", programme=programme, part=part, kind=kind)

    def publish_rate(self, programme: str, rate: str, residence: str, since: dt.date, fen: int) -> None:
        """A rate of the invented province, over those that are in force."""
        entry: dict[str, object] = {
            "area": places.PROVINCE,
            "residence": residence,
            "from": since.isoformat(),
            "value": write(fen, ValueKind.MONEY),
            "source": {"title": "剧本中虚构的标准", "mark": "invented"},
        }
        self._rates.setdefault(programme, {}).setdefault(rate, []).append(entry)
        with tempfile.TemporaryDirectory() as folder, scope([EVERYWHERE]):
            path = Path(folder) / "scenario.yaml"
            path.write_text(yaml.safe_dump(self._rates, allow_unicode=True), encoding="utf-8")
            law.store_files(path)
