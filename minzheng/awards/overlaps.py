"""What one person may not receive together: policies/overlaps.yaml, kept in the database, whose trigger refuses it."""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import yaml
from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.db.models import Q

from minzheng.awards import refusals, terms
from minzheng.awards.models import AwardMember, Overlap
from minzheng.core.errors import Refused, Text, pick, refuse
from minzheng.core.files import policies_dir
from minzheng.people.models import Person


def load(path: Path | None = None) -> list[Overlap]:
    """The pairs in the file (none where there is no file); refuses an entry that is not a pair with its source."""
    path = path or policies_dir() / "overlaps.yaml"
    if not path.is_file():
        return []
    data = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    entries = data.get("overlaps", []) if isinstance(data, dict) else data
    pairs: dict[tuple[str, str], Overlap] = {}
    for number, entry in enumerate(entries, 1):
        programmes = entry.get("programmes") if isinstance(entry, dict) else None
        if not isinstance(programmes, list) or len(programmes) != 2 or not entry.get("source"):
            raise refuse(
                "overlaps.broken",
                zh="{file} 第 {number} 条不是“两个项目＋依据”。",
                en="Entry {number} of {file} is not two programmes with a source.",
                remedy_zh="写成 programmes: [甲, 乙]、source: 依据。",
                remedy_en="Write programmes: [a, b] and source: the clause.",
                file=path.name,
                number=number,
            )
        first, second = sorted(programmes)
        note = entry.get("note") or {}
        note = {"zh-Hans": note, "en": note} if isinstance(note, str) else note
        source = entry["source"]
        source = source if isinstance(source, str) else pick(source, "zh-Hans")
        pairs[first, second] = Overlap(
            first=first, second=second, source=source, note=note, changes_over=bool(entry.get("changes_over", False))
        )
    return [pairs[pair] for pair in sorted(pairs)]


@transaction.atomic
def store(using: str = DEFAULT_DB_ALIAS, path: Path | None = None) -> int:
    """Bring the database's pairs up to date with the file. Returns how many there are."""
    wanted = load(path)
    rows = Overlap.objects.using(using)
    rows.all().delete()
    rows.bulk_create(wanted)
    return len(wanted)


def excluding(programme: str) -> dict[str, Overlap]:
    """The programmes that exclude this one, by code."""
    rows = Overlap.objects.filter(Q(first=programme) | Q(second=programme))
    return {row.second if row.first == programme else row.first: row for row in rows}


def conflicts(
    programme: str,
    persons: Iterable[int],
    first: dt.date,
    last: dt.date | None,
    *,
    once: bool = False,
    besides: int | None = None,
) -> dict[int, AwardMember]:
    """Who of these is covered in those months by an award that excludes this programme, or by another running one of
    the same: {person id: the cover in the way}, as far as the caller's scope shows."""
    excluded = Q(award__programme__in=list(excluding(programme)))
    if not once:
        excluded |= Q(award__programme=programme) & ~Q(award__end_reason="once")
    rows = AwardMember.objects.filter(
        excluded,
        Q(last_month=None) | Q(last_month__gte=first),
        person__in=list(persons),
        superseded_at=None,
    )
    if last is not None:
        rows = rows.filter(first_month__lte=last)
    if besides is not None:
        rows = rows.exclude(award=besides)
    return {row.person_id: row for row in rows.select_related("award", "person").order_by("-pk")}


def check(
    programme: str,
    persons: Iterable[int],
    first: dt.date,
    last: dt.date | None,
    *,
    once: bool = False,
    besides: int | None = None,
) -> None:
    """Refuse cover that may not stand beside what a person receives already."""
    for cover in conflicts(programme, persons, first, last, once=once, besides=besides).values():
        if cover.award.programme == programme and cover.award.end_reason == terms.TERM:
            raise refusals.renewed_too_early(cover.award)
        raise refusal(programme, cover.person, cover.award.programme, cover.award_id)


def refusal(programme: str, person: Person, other: str, award: int | None = None) -> Refused:
    """The words for two benefits that exclude each other."""
    rule = excluding(programme).get(other)
    note: Text = rule.note if rule and rule.note else {"zh-Hans": "", "en": ""}
    mine, theirs = name_of(programme), name_of(other)
    return refuse(
        "award.overlap",
        zh="{person}已在享“{other_zh}”（待遇 {award}），不能同时享受“{mine_zh}”。{note_zh}",
        en="{person} already receives “{other_en}” (award {award}), which excludes “{mine_en}”. {note_en}",
        remedy_zh="请先停发原待遇（自新待遇首月起），或不把此人列为保障对象。",
        remedy_en="Stop the other award first (from the new one's first month), or do not cover this person.",
        rule=rule.source if rule else "同一项目不得重复享受",
        person=person.name,
        other_zh=pick(theirs, "zh-Hans"),
        other_en=pick(theirs, "en"),
        mine_zh=pick(mine, "zh-Hans"),
        mine_en=pick(mine, "en"),
        award=award or "",
        note_zh=pick(note, "zh-Hans"),
        note_en=pick(note, "en"),
    )


def refused_by_database(error: IntegrityError, programme: str) -> Refused | None:
    """The refusal for an insert that the trigger stopped, where the other award is outside the caller's scope."""
    if "benefit_overlap" not in str(error):
        return None
    mine = name_of(programme)
    return refuse(
        "award.overlap",
        zh="有保障对象在别处已享受与“{mine_zh}”互斥的待遇。",
        en="Somebody covered already receives, elsewhere, what excludes “{mine_en}”.",
        remedy_zh="请与其户籍地民政办核对后停发一方；互斥规则见 policies/overlaps.yaml。",
        remedy_en="Settle with the office of their home area which is stopped; see policies/overlaps.yaml.",
        mine_zh=pick(mine, "zh-Hans"),
        mine_en=pick(mine, "en"),
    )


@lru_cache(maxsize=64)
def _no_name(code: str) -> Text:
    return {"zh-Hans": code, "en": code}


def name_of(code: str) -> Text:
    """The programme's name; its code where it is not stored."""
    from minzheng.policy.registry import programme

    try:
        return programme(code).name
    except Refused:
        return _no_name(code)
