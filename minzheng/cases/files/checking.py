"""A case's file against its list: what is there, what is missing, what contradicts. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from minzheng.cases.files.facts import Facts
from minzheng.cases.files.rules import FileRules, Item
from minzheng.cases.models import Outcome
from minzheng.core.errors import Text
from minzheng.core.money import format_yuan


@dataclass(frozen=True)
class Checked:
    """One item: `there`, `missing`, `later` (not due yet) or `free` (optional, and not there)."""

    item: Item
    state: str
    document_id: int | None = None
    """The scan or the paper that was kept."""


@dataclass(frozen=True)
class Report:
    """A file, checked."""

    facts: Facts
    items: Sequence[Checked]
    contradictions: Sequence[Text]

    @property
    def missing(self) -> list[Checked]:
        return [one for one in self.items if one.state == "missing"]

    @property
    def there(self) -> list[Checked]:
        return [one for one in self.items if one.state == "there"]

    @property
    def complete(self) -> bool:
        return not self.missing and not self.contradictions


def check(rules: FileRules, facts: Facts) -> Report:
    """The report on one file. A programme without a list is complete where nothing contradicts."""
    items = [_checked(item, facts) for item in rules.items(facts.case.programme, facts.case.kind)]
    return Report(facts, items, [*_days(rules, facts), *_others(facts)])


def _checked(item: Item, facts: Facts) -> Checked:
    document = None
    match item.way:
        case "paper":
            paper = facts.papers.get(item.what)
            document = paper.document_id if paper else None
            document = document or facts.made.get(item.or_made)
            found = paper is not None or document is not None or item.or_when in facts.states
        case "made":
            found = item.what in facts.made
            document = facts.made.get(item.what)
        case "act":
            found = item.what in facts.acts
        case "photo":
            found = item.what in facts.photos
        case _:
            found = facts.served
    if found:
        return Checked(item, "there", document)
    if item.when not in facts.states:
        return Checked(item, "later")
    return Checked(item, "free" if item.optional else "missing")


def _days(rules: FileRules, facts: Facts) -> Iterable[Text]:
    for first, then in rules.order:
        before, after = facts.days.get(first), facts.days.get(then)
        if before is not None and after is not None and after < before:
            names = (rules.days[first], rules.days[then])
            yield {
                "zh-Hans": f"{names[1]['zh-Hans']}（{after}）早于{names[0]['zh-Hans']}（{before}）",
                "en": f"{names[1]['en']} ({after}) is before {names[0]['en']} ({before})",
            }


def _others(facts: Facts) -> Iterable[Text]:
    posting, decision = facts.posting, facts.decision
    if facts.unauthorised:
        names = "、".join(facts.unauthorised)
        yield {
            "zh-Hans": f"核对了{names}，没有登记其授权",
            "en": f"{', '.join(facts.unauthorised)} were verified without an authorisation on record",
        }
    for day in facts.unsigned_visits:
        yield {"zh-Hans": f"{day} 的入户调查没有家庭成员签字", "en": f"nobody of the family signed the visit of {day}"}
    if posting and posting.ends_on and not facts.objected:
        last = min(posting.ends_on, posting.taken_down_on or posting.ends_on)
        hung = (last - posting.posted_on).days  # the day of posting does not count
        if hung < facts.posting_days:
            yield {
                "zh-Hans": f"公示只有 {hung} 天，应为 {facts.posting_days} 天",
                "en": f"the posting hung for {hung} days instead of {facts.posting_days}",
            }
    if decision is None:
        return
    for paper in facts.papers.values():
        if paper.received_on and paper.received_on > decision.decided_on:
            yield {
                "zh-Hans": f"材料“{paper.kind}”在决定之后（{paper.received_on}）才收到",
                "en": f"the paper “{paper.kind}” came after the decision ({paper.received_on})",
            }
    amount = decision.assessment.amount if decision.assessment else None
    if posting and decision.outcome == Outcome.GRANT and not facts.objected:
        if amount is not None and amount != posting.shown_amount:
            yield {
                "zh-Hans": f"公示金额 {format_yuan(posting.shown_amount)} 元，决定金额 {format_yuan(amount)} 元",
                "en": f"{format_yuan(posting.shown_amount)} yuan were posted, {format_yuan(amount)} decided",
            }
        if posting.shown_people != facts.people:
            yield {
                "zh-Hans": f"公示 {posting.shown_people} 人，保障 {facts.people} 人",
                "en": f"people posted: {posting.shown_people}, covered: {facts.people}",
            }
