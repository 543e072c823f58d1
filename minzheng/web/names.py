"""The words for programmes, stages, acts and facts, in the page's language."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.cases import procedure as procedures
from minzheng.cases.models import CaseStep
from minzheng.cases.shapes import Procedure
from minzheng.core.errors import Refused, Text, pick
from minzheng.core.files import policies_dir
from minzheng.payments.models import FundSource, RunState
from minzheng.people import vocabulary
from minzheng.policy import registry
from minzheng.policy.models import PolicyFile
from minzheng.web.languages import language, listed
from minzheng.web.templatetags.mz import yuan

CYCLES = {
    "month": gettext_noop("每月"),
    "quarter": gettext_noop("每季"),
    "half_year": gettext_noop("每半年"),
    "year": gettext_noop("每年"),
    "once": gettext_noop("一次性"),
}
EVENTS = {
    "person.died": gettext_noop("登记去世"),
    "person.death_verified": gettext_noop("去世已核实"),
    "person.death_refuted": gettext_noop("去世登记有误，已撤销"),
    "household.succeeded": gettext_noop("转立新档"),
    "household.head_changed": gettext_noop("户主变更"),
    "household.minors_left": gettext_noop("转介儿童福利"),
    "household.handed_over": gettext_noop("县内迁移"),
    "household.moved_out": gettext_noop("迁出本县"),
    "household.merged": gettext_noop("并户"),
    "household.split": gettext_noop("分户"),
    "household.put_back": gettext_noop("登记撤销，恢复原状"),
    "case.decided": gettext_noop("作出决定"),
    "policy.rates_changed": gettext_noop("标准调整"),
}


@dataclass(frozen=True)
class ProgrammeSummary:
    """What pages say of a programme without working anything out."""

    code: str
    name: Text
    unit: str
    versions: tuple[tuple[dt.date, str], ...]
    """(from, pay cycle) of each version, oldest first."""


_known: ContextVar[dict[str, ProgrammeSummary] | None] = ContextVar("minzheng_programmes", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within this block (a request) the programmes in force are asked for once."""
    token = _known.set(None)
    try:
        yield
    finally:
        _known.reset(token)


def programmes() -> dict[str, ProgrammeSummary]:
    """The programmes in force, in the declared order."""
    known = _known.get()
    if known is None:
        in_force = (
            PolicyFile.objects.filter(kind="policy", in_force=True)
            .exclude(programme__in=registry.means())
            .order_by("programme")
        )
        known = _summaries(tuple(in_force.values_list("programme", "sha256")))
        _known.set(known)
    return known


@lru_cache(maxsize=8)
def _summaries(files: tuple[tuple[str, str], ...]) -> dict[str, ProgrammeSummary]:
    contents = dict(
        PolicyFile.objects.filter(sha256__in=[sha for _code, sha in files]).values_list("sha256", "content")
    )
    found = {}
    for code, sha in sorted(files, key=_place):
        data = yaml.safe_load(contents[sha])
        versions = sorted((v["from"], str(v.get("timing", {}).get("pay_cycle", "month"))) for v in data["versions"])
        found[code] = ProgrammeSummary(code, data["name"], data["unit"], tuple(versions))
    return found


def _place(file: tuple[str, str]) -> int:
    """Where a programme stands in the declared order; one that is not declared comes last."""
    order = yaml.safe_load((policies_dir() / "programmes.yaml").read_text(encoding="utf-8"))["order"]
    return order.index(file[0]) if file[0] in order else len(order)


def programme_name(code: str) -> str:
    """A programme's name; its code where the law as data no longer has it."""
    known = programmes().get(code)
    return pick(known.name, language()) if known else code


def pay_cycle(code: str, day: dt.date) -> str:
    """month, quarter, half_year, year or once, by the version of this day."""
    known = programmes().get(code)
    cycles = [cycle for since, cycle in known.versions if since <= day] if known else []
    return cycles[-1] if cycles else "month"


def cycle_name(cycle: str) -> str:
    return _(CYCLES[cycle]) if cycle in CYCLES else cycle


def event_name(kind: str) -> str:
    return _(EVENTS[kind]) if kind in EVENTS else kind


def stage_name(programme: str, stage: str) -> str:
    """The name of a stage: of a programme's procedure, or of a run."""
    if stage in RunState.values:
        return _(str(RunState(stage).label))
    for procedure in _procedures(programme):
        if stage in procedure.stages:
            return pick(procedure.stages[stage].label, language())
    return stage


def act_name(step: CaseStep) -> str:
    """The name of an act of a programme's procedure, as it was done."""
    if not step.stage_before:
        return _("提出")
    for procedure in _procedures(step.case.programme):
        for row in procedure.acts:
            if (
                row.act == step.act
                and step.stage_before in row.stages
                and (row.to or step.stage_before) == step.stage_after
            ):
                return pick(row.label, language())
    return step.act


def paper_name(programme: str, kind: str) -> str:
    """The name of a paper of a programme's procedure."""
    for procedure in _procedures(programme):
        if kind in procedure.papers:
            return pick(procedure.papers[kind].label, language())
    return kind


def knows_changes(programme: str) -> bool:
    """Whether a running award of the programme can be changed by a case."""
    return any(one.kind == "change" for one in _procedures(programme))


def _procedures(programme: str) -> list[Procedure]:
    """The procedures of a programme, the newest version first; none where it has no file."""
    try:
        versions = procedures.load(programme).versions
    except Refused:
        return []
    return [one for _since, kinds in reversed(versions) for one in kinds.values()]


def fact_label(name: str) -> str:
    return pick(vocabulary.label(name), language())


def fact_value(name: str, value: Any) -> str:
    """A fact as people read it: money in yuan, yes or no, a code by its words."""
    entry = vocabulary.load().get(name, {})
    if value is None:
        return ""
    if entry.get("type") == "money":
        return yuan(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    labels = entry.get("values")
    if isinstance(labels, dict) and value in labels and isinstance(labels[value], dict):
        return pick(labels[value], language())
    return str(value)


REASONS = {
    "granted": gettext_noop("新增"),
    "carried_over": gettext_noop("结转"),
    "standard_changed": gettext_noop("调标"),
    "income_changed": gettext_noop("收入变化"),
    "member_added": gettext_noop("增员"),
    "member_left": gettext_noop("减员"),
    "member_died": gettext_noop("成员死亡"),
    "birthday": gettext_noop("年龄变化"),
    "category_changed": gettext_noop("类别变化"),
    "grace": gettext_noop("渐退"),
    "work_income": gettext_noop("就业收入增加"),
    "died": gettext_noop("死亡"),
    "stopped": gettext_noop("停发"),
    "ended": gettext_noop("到期"),
    "term": gettext_noop("有效期满"),
    "once": gettext_noop("一次性"),
    "moved": gettext_noop("迁出"),
    "moved_out": gettext_noop("迁出本县"),
    "household_merged": gettext_noop("并户"),
    "household_split": gettext_noop("分户"),
    "changed_over": gettext_noop("转保"),
    "handed_over": gettext_noop("县内迁移"),
    "head_died": gettext_noop("户主死亡"),
    "head_changed": gettext_noop("户主变更"),
    "merged": gettext_noop("并户"),
    "split": gettext_noop("分户"),
    "granted_late": gettext_noop("补办新增"),
    "held_before": gettext_noop("上期缓发"),
    "paid_before": gettext_noop("已提前发放"),
    "unexplained": gettext_noop("没有原因"),
    "death": gettext_noop("去世待核实"),
    "review": gettext_noop("核查未完成"),
    "no_account": gettext_noop("没有账号"),
    "duplicate_account": gettext_noop("账号与别人相同"),
    "holder_differs": gettext_noop("户名不是本人"),
    "agreement_over": gettext_noop("协议不在有效期"),
    "payee_died": gettext_noop("领款人去世待核实"),
    "next_run": gettext_noop("随下一批次"),
    "consent_withdrawn": gettext_noop("同意书已撤回，随下一批次发给本人"),
    "not_set_off": gettext_noop("未抵扣，随下一批次发给本人"),
}
"""Words for the reasons that stages store as stable names; what an office or a bank wrote in words stays as it is."""


def reason_name(reason: str) -> str:
    """The words for a reason; `death:12` by what stands before the colon."""
    parts = [part.partition(":")[0] for part in reason.split(";") if part]
    return listed(_(REASONS[part]) if part in REASONS else part for part in parts)


def category_name(category: str) -> str:
    """A programme's own kind of recipient, by the values that the vocabulary lists for its facts."""
    return pick(_category_words().get(category, {"zh-Hans": category}), language())


@lru_cache(maxsize=1)
def _category_words() -> dict[str, Text]:
    found: dict[str, Text] = {}
    for entry in vocabulary.load().values():
        values = entry.get("values")
        if isinstance(values, dict):
            found |= {code: text for code, text in values.items() if isinstance(text, dict) and code != "none"}
    return found


def source_of_funds(source: str) -> str:
    """Who gives the money of a fund."""
    return _(str(FundSource(source).label)) if source in FundSource.values else source
