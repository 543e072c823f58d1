"""Invented rates for every county: a standard for town and country each, shares by province, the rest for everybody."""

from pathlib import Path

from benchmarks.households import counties

HEAD = "# 虚构的数字，只供测速：每县城乡两档标准，每省一套比例，其余全国一样。\n"
ENTRY = "  - {{{where}from: 2021-07-01, value: {value}, source: {{title: 测速用的虚构数字, mark: invented}}}}\n"
EVERYWHERE = {
    "adult_from": "18",
    "severe_grade": "2",
    "borderline": "1.5",
    "single_illness": "0.8",
    "single_disabled": "1",
    "single_clergy": "1",
    "single_by_difference": "false",
    "adult_alone": "2",
    "clergy_from": "3",
    "houses_allowed": "1",
    "cars_allowed": "0",
}
BY_PROVINCE = {
    "old_from": ("60", "65", "70"),
    "elderly": ("0.1", "0.15", "0.333333"),
    "minor": ("0.1", "0.2", "0.25"),
    "severe_disability": ("0.2", "0.3", "0.5"),
    "illness": ("0.2", "0.35", "0.5"),
    "asset_months": ("12", "24", "36"),
}


def write(path: Path) -> Path:
    """A rates file for `policies/dibao`: about six thousand entries."""
    codes = counties()
    lines = [HEAD]
    for rate, value in EVERYWHERE.items():
        lines += [f"{rate}:\n", ENTRY.format(where="", value=value)]
    for rate, values in BY_PROVINCE.items():
        lines.append(f"{rate}:\n")
        for position, province in enumerate(sorted({code[:2] for code in codes})):
            lines.append(ENTRY.format(where=f'area: "{province}", ', value=values[(position + len(rate)) % 3]))
    lines.append("standard:\n")
    for position, code in enumerate(codes):
        for residence, start in (("urban", 700), ("rural", 520)):
            yuan = start + (position * 7919 + int(code[:2]) * 13) % 71 * 10
            lines.append(ENTRY.format(where=f'area: "{code}", residence: {residence}, ', value=yuan))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")
    return path
