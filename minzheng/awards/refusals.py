"""What the stage says when it refuses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from minzheng.awards.models import Award
from minzheng.cases.models import Decision
from minzheng.core.errors import Refused, pick, refuse


@dataclass(frozen=True)
class RowError:
    """What is wrong with one row of a list: its line, a stable code, and the words."""

    line: int
    code: str
    zh: str
    en: str


class RowsRefused(Refused):
    """A list that was refused as a whole; `rows` says what is wrong with which line. Nothing of it is kept."""

    def __init__(self, code: str, total: int, rows: Sequence[RowError]) -> None:
        self.rows = list(rows)
        shown = self.rows[:5]
        more_zh = f"等 {len(self.rows)} 处" if len(self.rows) > len(shown) else ""
        more_en = f" and {len(self.rows) - len(shown)} more" if len(self.rows) > len(shown) else ""
        super().__init__(
            code,
            {
                "zh-Hans": "名单共 {total} 行，{wrong} 行有误，未导入任何一行：{detail_zh}",
                "en": "{wrong} of {total} rows are wrong; nothing was imported: {detail_en}",
            },
            {
                "zh-Hans": "请改正这些行后重新导入整张名单。",
                "en": "Correct these rows and import the whole list again.",
            },
            {
                "total": total,
                "wrong": len({row.line for row in self.rows}),
                "detail_zh": "；".join(f"第 {row.line} 行：{row.zh}" for row in shown) + more_zh,
                "detail_en": "; ".join(f"line {row.line}: {row.en}" for row in shown) + more_en,
            },
        )


def row_error(line: int, refusal: Refused) -> RowError:
    """A refusal, as the fault of one row."""
    return RowError(line, refusal.code, refusal.text("zh-Hans"), refusal.text("en"))


def nothing_falls_away(decision: Decision) -> Refused:
    return refuse(
        "grace.nothing_lowered",
        zh="按决定 {number}，待遇没有减少，不需要渐退期。",
        en="Decision {number} lowers nothing: there is nothing to grant a grace period for.",
        remedy_zh="请不带渐退期作出决定。",
        remedy_en="Decide without a grace period.",
        rule=decision.grace.get("rule", ""),
        number=decision.number,
    )


def in_grace(award: Award) -> Refused:
    return refuse(
        "grace.running",
        zh="该待遇正在（或即将）渐退，重新核算会取消渐退期。",
        en="A grace period of this award is running or ahead; working it out anew would undo it.",
        remedy_zh="确需改变的，请立“动态调整”事项作出决定。",
        remedy_en="Where it has to change, open a change and decide it.",
    )


def no_base(decision: Decision) -> Refused:
    return refuse(
        "grace.no_base",
        zh="去世当月的待遇没有测算记录（如结转而来），不能按原补差渐退。",
        en="No assessment stands behind the amount of the month of the death (carried over, say); its base is unknown.",
        remedy_zh="请先对去世之前的情况重新测算，再作决定。",
        remedy_en="Work the award out anew for the months before the death first.",
        rule=decision.grace.get("rule", ""),
    )


def not_restorable(decision: Decision) -> Refused:
    return refuse(
        "award.not_restorable",
        zh="决定 {number} 不是停发、减发，或者另有项目已接替原待遇，不能自动恢复。",
        en="Decision {number} is no stop or reduction, or another benefit took the place: it cannot be restored.",
        remedy_zh="请先停发接替的待遇，再按新的申请办理。",
        remedy_en="Stop the benefit that took its place, and handle a new application.",
        number=decision.number,
    )


def nothing_to_restore(decision: Decision) -> Refused:
    return refuse(
        "award.nothing_to_restore",
        zh="找不到被决定 {number} 停发或减发的待遇（可能已因去世、迁出等另行结束）。",
        en="No benefit that decision {number} ended or lowered is there; it may have ended since by a death.",
        remedy_zh="请查看该户档案中的待遇；仍须补发的，按新的申请办理。",
        remedy_en="See the benefit in the file; where something is still due, handle a new application.",
        number=decision.number,
    )


def replaced_already(decision: Decision) -> Refused:
    return refuse(
        "award.replaced_already",
        zh="自决定 {number} 生效的月份起已有新的决定，没有可以恢复的月份。",
        en="A later decision works from the month of decision {number} on; no month is left to restore.",
        remedy_zh="对新的决定不服的，登记对该决定的复议、诉讼。",
        remedy_en="Where the later decision is contested, enter the appeal there.",
        number=decision.number,
    )


def already_executed(decision: Decision) -> Refused:
    return refuse(
        "award.decision_executed",
        zh="决定 {number} 已经执行过。",
        en="Decision {number} has been carried out already.",
        remedy_zh="请打开该户档案查看待遇；要再次变更须另作决定。",
        remedy_en="See the award in the household's file; a further change needs a decision of its own.",
        number=decision.number,
    )


def wrong_outcome(decision: Decision, wanted: str) -> Refused:
    return refuse(
        "award.wrong_outcome",
        zh="决定 {number} 的结果是“{outcome}”，不能按“{wanted}”执行。",
        en="Decision {number} says “{outcome}”; it cannot be carried out as “{wanted}”.",
        remedy_zh="请核对决定书。",
        remedy_en="Check the decision.",
        number=decision.number,
        outcome=decision.outcome,
        wanted=wanted,
    )


def no_amount(decision: Decision) -> Refused:
    return refuse(
        "award.no_amount",
        zh="决定 {number} 没有算出金额的评估，不能发放。",
        en="Decision {number} rests on no assessment with an amount; nothing can be paid on it.",
        remedy_zh="请补齐缺少的事实，重新评估后再作决定。",
        remedy_en="Complete the missing facts, assess again, then decide.",
        number=decision.number,
    )


def no_changing_over(programme: str, replaced: str) -> Refused:
    """Two programmes of which one does not take the place of the other."""
    from minzheng.awards import overlaps

    mine, theirs = overlaps.name_of(programme), overlaps.name_of(replaced)
    return refuse(
        "award.no_changing_over",
        zh="“{theirs_zh}”不能直接转为“{mine_zh}”。",
        en="“{mine_en}” does not take the place of “{theirs_en}”.",
        remedy_zh="可以转保的项目见 policies/overlaps.yaml（changes_over）；其他待遇请另行办理停发。",
        remedy_en="policies/overlaps.yaml (changes_over) lists what changes over; stop other benefits by a decision.",
        theirs_zh=pick(theirs, "zh-Hans"),
        theirs_en=pick(theirs, "en"),
        mine_zh=pick(mine, "zh-Hans"),
        mine_en=pick(mine, "en"),
    )


def none_running(decision: Decision) -> Refused:
    from minzheng.awards import overlaps

    name = overlaps.name_of(decision.programme)
    return refuse(
        "award.none_running",
        zh="{party} 现在没有“{name_zh}”待遇可以变更或停发。",
        en="{party} has no running award of “{name_en}” to change or stop.",
        remedy_zh="请在花名册里核对该户（人）的待遇状态。",
        remedy_en="Look the party up in the programme's roster.",
        party=decision.household or decision.person or "",
        name_zh=pick(name, "zh-Hans"),
        name_en=pick(name, "en"),
    )


def running_already(party: Any, programme: str) -> Refused:
    from minzheng.awards import overlaps

    name = overlaps.name_of(programme)
    return refuse(
        "award.running_already",
        zh="{party} 已在享“{name_zh}”，不能再次新增。",
        en="{party} has a running award of “{name_en}” already.",
        remedy_zh="请改办“动态变更”，或先停发原待遇。",
        remedy_en="Decide a change instead, or stop the running award first.",
        party=party,
        name_zh=pick(name, "zh-Hans"),
        name_en=pick(name, "en"),
    )


def received_already(award: Award) -> Refused:
    from minzheng.awards import overlaps

    name = overlaps.name_of(award.programme)
    return refuse(
        "award.received_already",
        zh="{party}自 {first} 起已在享“{name_zh}”，不能再次申请。",
        en="{party} has received “{name_en}” since {first}; it cannot be applied for again.",
        remedy_zh="人口、收入等有变化的，在“待遇与发放”中对现有待遇办理“动态调整”。",
        remedy_en="Where people or income have changed, open a change of what is received (tab Money).",
        rule="同一项目不得重复享受",
        party=str(award.household or award.person or ""),
        first=f"{award.first_month:%Y-%m}",
        name_zh=pick(name, "zh-Hans"),
        name_en=pick(name, "en"),
    )


def renewed_too_early(award: Award) -> Refused:
    from minzheng.awards import overlaps
    from minzheng.awards.terms import RENEWAL_MONTHS

    name = overlaps.name_of(award.programme)
    return refuse(
        "award.renewed_too_early",
        zh="“{name_zh}”有效至 {last}，还没有到期，不能再次申请、认定。",
        en="This recognition (“{name_en}”) is valid to {last}; it cannot be applied for or granted again yet.",
        remedy_zh="到期前 {months} 个月内重新申请、作出决定；情况变了的办动态调整。",
        remedy_en="Apply anew and decide within the {months} months before it ends; what has changed is a change.",
        name_zh=pick(name, "zh-Hans"),
        name_en=pick(name, "en"),
        last=f"{award.last_month:%Y-%m}" if award.last_month else "",
        months=RENEWAL_MONTHS,
    )


def ended_already(award: Award) -> Refused:
    return refuse(
        "award.ended",
        zh="该待遇已于 {last} 停止，不能再改为 {last} 之后。",
        en="This award has ended with {last}; it cannot run longer.",
        remedy_zh="恢复待遇须重新申请并作出决定。",
        remedy_en="To receive it again takes a new application and decision.",
        last=f"{award.last_month:%Y-%m}" if award.last_month else "",
    )


def before_it_began(award: Award, month: str) -> Refused:
    return refuse(
        "award.before_it_began",
        zh="{month} 早于该待遇的首月 {first}。",
        en="{month} is before the award's first month {first}.",
        remedy_zh="请核对起始月份。",
        remedy_en="Check the month.",
        month=month,
        first=f"{award.first_month:%Y-%m}",
    )
