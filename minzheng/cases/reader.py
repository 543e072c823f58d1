"""Reading `procedure.yaml`: every fault is refused with the file, the place in it, the cause and the remedy."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import yaml

from minzheng.access import roles
from minzheng.cases import appeals, ending, grace, verification
from minzheng.cases import reader_sometimes as sometimes
from minzheng.cases.shapes import (
    AFTER_POSTING,
    MASKS,
    OUTCOMES,
    REQUIREMENTS,
    ROLL_OVERS,
    Act,
    Clock,
    PaperRule,
    PostingRule,
    Procedure,
    ProcedureFile,
    PublicationRule,
    Stage,
)
from minzheng.core.errors import Refused, Text, refuse


class Reader:
    """Reads one file; `_at` is the place that a fault is reported for."""

    def __init__(self, programme: str, path: str, text: str) -> None:
        self.programme, self.path, self.text = programme, path, text
        self.sha256 = hashlib.sha256(f"{path}\0{text}".encode()).hexdigest()  # as policy.registry keeps it

    def file(self) -> ProcedureFile:
        try:
            data = yaml.safe_load(self.text)
        except yaml.YAMLError as error:
            raise self.fault("", f"不是有效的 YAML：{error}", f"not valid YAML: {error}") from error
        self.mapping(data, "", needs=("programme", "prefix", "versions"))
        if data["programme"] != self.programme:
            raise self.fault("programme", f"写的是“{data['programme']}”", f"says “{data['programme']}”", self.programme)
        versions: dict[dt.date, Any] = {}
        for i, entry in enumerate(data["versions"]):
            at = f"versions[{i}]"
            self.mapping(entry, at, needs=("from",))
            if not isinstance(entry["from"], dt.date):
                raise self.fault(f"{at}.from", "不是日期", "is not a date", "2021-07-01")
            if "extends" in entry:
                if entry["extends"] not in versions:
                    raise self.fault(f"{at}.extends", "所承版本不存在", "names no earlier version", "from: …")
                entry = _merged(versions[entry["extends"]], {k: v for k, v in entry.items() if k != "extends"})
            versions[entry["from"]] = entry
        if list(versions) != sorted(versions):
            raise self.fault("versions", "版本未按日期排列", "are not in order of date", "from")
        read = tuple((since, dict(self.procedures(entry, data["prefix"]))) for since, entry in versions.items())
        return ProcedureFile(self.programme, self.path, self.sha256, self.text, read)

    def procedures(self, version: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Procedure]]:
        at = f"versions[{version['from']}]"
        self.mapping(version, at, needs=("basis", "procedures"))
        basis = "；".join(_basis_text(entry) for entry in version["basis"])
        for kind, entry in version["procedures"].items():
            read = self.procedure(kind, entry, version, prefix, basis, f"{at}.{kind}")
            if (row := entry.get("delegation")) is not None:
                place = f"{at}.{kind}.delegation"
                self.mapping(row, place, needs=("areas", "over"), may=())
                own = _merged(entry, row["over"])
                delegated = self.procedure(kind, own, version, prefix, basis, f"{place}.over")
                read = replace(read, delegated_in=tuple(map(str, row["areas"])), delegated=delegated)
            yield kind, read

    def procedure(
        self, kind: str, entry: Any, version: Mapping[str, Any], prefix: str, basis: str, at: str
    ) -> Procedure:
        self.mapping(entry, at, needs=("name", "opens", "first", "stages", "acts"))
        stages = {name: self.stage(name, row, f"{at}.stages.{name}") for name, row in entry["stages"].items()}
        acts = tuple(self.act(name, row, stages, basis, f"{at}.acts.{name}") for name, row in entry["acts"].items())
        known = {act.act for act in acts} | {entry["opens"]}
        papers = {
            name: self.paper(name, row, known, f"{at}.papers.{name}")
            for name, row in (entry.get("papers") or {}).items()
        }
        clocks = {
            name: self.clock(name, row, known, f"{at}.clocks.{name}")
            for name, row in (entry.get("clocks") or {}).items()
        }
        self.check(entry, stages, acts, clocks, at)
        return Procedure(
            programme=self.programme,
            kind=kind,
            valid_from=version["from"],
            name=self.words(entry["name"], f"{at}.name"),
            opens=self.permission(entry["opens"], f"{at}.opens"),
            first=entry["first"],
            visitors=int(version.get("visitors", 2)),
            stages=stages,
            acts=acts,
            papers=papers,
            clocks=clocks,
            total=self.clock("*", entry["total"], known, f"{at}.total") if entry.get("total") else None,
            posting=self.posting(entry["posting"], f"{at}.posting") if entry.get("posting") else None,
            publication=self.publication(version["publication"], "publication") if version.get("publication") else None,
            reasons={name: self.words(row, f"{at}.reasons") for name, row in (entry.get("reasons") or {}).items()},
            basis=basis,
            prefix=prefix,
            sha256=self.sha256,
            kinship=sometimes.kinship(self, entry.get("kinship"), f"{at}.kinship"),
            county_visit=sometimes.county_visit(self, entry.get("county_visit"), acts, f"{at}.county_visit"),
            meeting=sometimes.meeting(self, entry.get("meeting"), acts, f"{at}.meeting"),
            hearing=sometimes.hearing(self, entry, f"{at}.hearing"),
            coverage=sometimes.coverage(self, entry.get("coverage"), f"{at}.coverage"),
            service=sometimes.service(self, entry, f"{at}.service"),
            grace=grace.read(entry["grace"], f"{at}.grace", self.fault, entry.get("reasons") or {})
            if entry.get("grace")
            else None,
            verification=verification.read(self, entry.get("verification"), papers, known, f"{at}.verification"),
            conference=sometimes.conference(self, entry.get("conference"), f"{at}.conference"),
            appeals=appeals.read(self, entry.get("appeals"), f"{at}.appeals"),
            reopening=appeals.read_reopening(self, entry.get("reopening"), f"{at}.reopening"),
            endings=ending.read(
                self,
                entry.get("endings"),
                {act.act: stages[act.to].outcome for act in acts if act.to},
                f"{at}.endings",
            ),
            pauses=sometimes.pauses(self, entry.get("pauses"), acts, f"{at}.pauses"),
        )

    def stage(self, name: str, row: Any, at: str) -> Stage:
        self.mapping(row, at, needs=("label",), may=("next", "act", "closed", "outcome"))
        closed = bool(row.get("closed", False))
        if bool(row.get("next")) != bool(row.get("act")) or not (closed or row.get("act")):
            raise self.fault(at, "未办结的环节缺少 next 或 act", "is open and lacks next or act", "next: …, act: …")
        if row.get("outcome", "") not in ("", *OUTCOMES):
            raise self.fault(f"{at}.outcome", f"未知结果“{row['outcome']}”", f"unknown “{row['outcome']}”", OUTCOMES)
        following = self.words(row["next"], f"{at}.next") if row.get("next") else {}
        label = self.words(row["label"], f"{at}.label")
        return Stage(name, label, following, row.get("act", ""), closed, row.get("outcome", ""))

    def act(self, name: str, row: Any, stages: Mapping[str, Stage], basis: str, at: str) -> Act:
        self.mapping(
            row, at, needs=("act", "label", "role", "from"), may=("to", "requires", "outcome", "rule", "reasons")
        )
        for stage in chain(row["from"], [row["to"]] if row.get("to") else []):
            if stage not in stages:
                raise self.fault(at, f"没有环节“{stage}”", f"there is no stage “{stage}”", tuple(stages))
        for requirement in row.get("requires", ()):
            if requirement not in REQUIREMENTS:
                raise self.fault(f"{at}.requires", f"未知条件“{requirement}”", f"unknown “{requirement}”", REQUIREMENTS)
        permission = self.permission(row["act"], f"{at}.act")
        role = roles.load().roles.get(row["role"])
        if role is None or permission not in role.permissions:
            raise self.fault(
                f"{at}.role", f"角色“{row['role']}”无权办理 {permission}",
                f"the role “{row['role']}” does not hold {permission}", "roles.yaml",
            )  # fmt: skip
        return Act(
            name=name,
            act=permission,
            label=self.words(row["label"], f"{at}.label"),
            role=row["role"],
            stages=tuple(row["from"]),
            to=row.get("to", ""),
            requires=tuple(row.get("requires", ())),
            outcome=row.get("outcome", ""),
            rule=row.get("rule") or basis,
            reasons=tuple(row.get("reasons", ())),
        )

    def paper(self, kind: str, row: Any, acts: set[str], at: str) -> PaperRule:
        self.mapping(row, at, needs=("label", "required_at"), may=())
        if row["required_at"] not in acts:
            raise self.fault(f"{at}.required_at", "不是本程序的办理动作", "is no act of this procedure", sorted(acts))
        return PaperRule(kind, self.words(row["label"], f"{at}.label"), row["required_at"])

    def clock(self, stage: str, row: Any, acts: set[str], at: str) -> Clock:
        self.mapping(row, at, needs=("from", "rule"), may=("working_days", "days", "warn", "extended"))
        if ("working_days" in row) == ("days" in row):
            raise self.fault(
                at, "须写 working_days 或 days 之一", "needs either working_days or days", "working_days: 3"
            )
        days = row.get("working_days", row.get("days"))
        if not isinstance(days, int) or days < 0:
            raise self.fault(at, f"天数“{days}”不是非负整数", f"“{days}” is no number of days", "3")
        since = tuple([row["from"]] if isinstance(row["from"], str) else row["from"])
        for act in since:
            if act not in acts and act != AFTER_POSTING:
                raise self.fault(f"{at}.from", f"没有动作“{act}”", f"there is no act “{act}”", sorted(acts))
        return Clock(stage, days, "working_days" in row, since, row["rule"], row.get("warn", 1), row.get("extended"))

    def posting(self, row: Any, at: str) -> PostingRule:
        """The rule, and what each of its `areas` sets otherwise, laid over it."""
        if not isinstance(row, dict):
            raise self.fault(at, "应为键值对", "must be a mapping", "days: 7")
        own = {key: value for key, value in row.items() if key != "areas"}
        areas = row.get("areas") or {}
        self.mapping(areas, f"{at}.areas", needs=())
        there = {str(code): self.posting_rule(_merged(own, part), f"{at}.areas.{code}") for code, part in areas.items()}
        return replace(self.posting_rule(own, at), areas=there)

    def posting_rule(self, row: Any, at: str) -> PostingRule:
        self.mapping(row, at, needs=("days", "counts_day_of_posting", "roll_over", "place", "rule"), may=("mask",))
        if not isinstance(row["days"], int) or row["days"] < 1:
            raise self.fault(f"{at}.days", "公示天数须为正整数", "must be a positive number", "7")
        if row["roll_over"] not in ROLL_OVERS:
            raise self.fault(f"{at}.roll_over", "未知的顺延规则", "is no known rule", ROLL_OVERS)
        place = self.words(row["place"], f"{at}.place")
        counts = bool(row["counts_day_of_posting"])
        return PostingRule(row["days"], counts, row["roll_over"], place, row["rule"], self.mask(row, at))

    def publication(self, row: Any, at: str) -> PublicationRule:
        self.mapping(row, at, needs=("place", "rule"), may=("days", "mask"))
        days = row.get("days")
        if days is not None and (not isinstance(days, int) or days < 1):
            raise self.fault(f"{at}.days", "公布天数须为正整数", "must be a positive number", "15")
        return PublicationRule(self.words(row["place"], f"{at}.place"), row["rule"], days, self.mask(row, at))

    def mask(self, row: Any, at: str) -> str:
        mask = row.get("mask", "none")
        if mask not in MASKS:
            raise self.fault(f"{at}.mask", f"未知的遮蔽方式“{mask}”", f"unknown “{mask}”", MASKS)
        return str(mask)

    def check(
        self, entry: Any, stages: Mapping[str, Stage], acts: tuple[Act, ...], clocks: Mapping[str, Clock], at: str
    ) -> None:
        """What no single row can show: every stage can be reached and left, and its usual act is possible there."""
        reached = {entry["first"]} | {act.to for act in acts if act.to}
        for name, stage in stages.items():
            leaving = {act.act for act in acts if name in act.stages}
            if name not in reached:
                raise self.fault(f"{at}.stages.{name}", "没有动作通向此环节", "no act leads to this stage", "to")
            onward = {act.act for act in acts if name in act.stages and act.to}
            if stage.closed and onward:
                raise self.fault(
                    f"{at}.stages.{name}", "已办结的环节仍有动作", "is closed, yet has acts", sorted(onward)
                )
            if (stage.act or not stage.closed) and stage.act not in leaving:
                raise self.fault(
                    f"{at}.stages.{name}.act", f"“{stage.act}”不能在此环节办理",
                    f"“{stage.act}” cannot be done at this stage", sorted(leaving) or "acts",
                )  # fmt: skip
        if entry["first"] not in stages:
            raise self.fault(f"{at}.first", "没有此环节", "is no stage", tuple(stages))
        reasons = entry.get("reasons") or {}
        for act in acts:
            if unknown := set(act.reasons) - set(reasons):
                raise self.fault(
                    f"{at}.acts.{act.name}.reasons",
                    f"没有事由“{min(unknown)}”",
                    f"has no reason “{min(unknown)}”",
                    reasons,
                )
        sometimes.check(self, entry, acts, at)
        for name in clocks:
            if name not in stages or stages[name].closed:
                raise self.fault(f"{at}.clocks.{name}", "不是未办结的环节", "is no open stage", tuple(stages))
        if not entry.get("posting") and any(act.act == "cases.post" for act in acts):
            raise self.fault(
                f"{at}.posting", "有公示动作而无公示规则", "is missing, yet there is an act cases.post", "days: 7"
            )

    def permission(self, value: Any, at: str) -> str:
        if value not in roles.load().permissions():
            raise self.fault(at, f"没有权限“{value}”", f"there is no permission “{value}”", "roles.yaml")
        return str(value)

    def words(self, value: Any, at: str) -> Text:
        if not isinstance(value, dict) or not all(value.get(language) for language in ("zh-Hans", "en")):
            raise self.fault(at, "缺少中文或英文文字", "needs words in Chinese and in English", "{zh-Hans: …, en: …}")
        return value

    def mapping(self, value: Any, at: str, *, needs: tuple[str, ...], may: tuple[str, ...] | None = None) -> None:
        if not isinstance(value, dict):
            raise self.fault(at, "应为键值对", "must be a mapping", ", ".join(needs))
        for key in needs:
            if key not in value:
                raise self.fault(at, f"缺少“{key}”", f"lacks “{key}”", f"{key}: …")
        extra = set() if may is None else set(value) - set(needs) - set(may)
        if extra:
            word = sorted(map(str, extra))[0]
            raise self.fault(at, f"不认识“{word}”", f"has an unknown “{word}”", (*needs, *may))  # type: ignore[misc]

    def fault(self, at: str, zh: str, en: str, remedy: Any = "") -> Refused:
        wanted = remedy if isinstance(remedy, str) else ", ".join(map(str, remedy))
        return refuse(
            "procedure.broken",
            zh="程序文件 {path} 的 {at}：{cause_zh}。",
            en="Procedure file {path} at {at}: {cause_en}.",
            remedy_zh="应为：{wanted}" if wanted else "请按 policies/ 中其他程序文件的写法改正。",
            remedy_en="Expected: {wanted}" if wanted else "Correct it after the other procedure files in policies/.",
            path=self.path,
            at=at or "/",
            cause_zh=zh,
            cause_en=en,
            wanted=wanted,
        )


def _merged(base: Any, over: Any) -> Any:
    """`over` laid on `base`: mappings key by key, everything else replaced; null removes."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    keys = [*base, *(key for key in over if key not in base)]
    laid = {key: _merged(base.get(key), over[key]) if key in over else base[key] for key in keys}
    return {key: value for key, value in laid.items() if value is not None}


def _basis_text(entry: Mapping[str, Any]) -> str:
    articles = "、".join(str(number) for number in entry.get("articles", ()))
    return f"{entry['title']}（{entry.get('ref', '')}）" + (f"第{articles}条" if articles else "")
