"""A sheet as one HTML page that needs nothing else: no script, no font, no picture from outside; prints on A4."""

from collections.abc import Iterable, Sequence
from html import escape

from minzheng.policy.sheet.present import Pair, Reason, Sheet, Step, rows_of
from minzheng.policy.sheet.words import Phrases

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 52rem; padding: 2rem 1.25rem 3rem; color: #1f2937; background: #fff;
  font: 15px/1.65 "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.35; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid #d1d5db; }
p { margin: .25rem 0; }
.soft { color: #6b7280; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .75rem 0 0; }
dt { color: #6b7280; }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.verdict { margin: 1.25rem 0 0; padding: .75rem 1rem; border: 1px solid #d1d5db; border-left: 4px solid #1d6f42; }
.verdict.refused, .verdict.error { border-left-color: #b91c1c; }
.verdict strong { font-size: 1.15rem; }
.verdict ul { margin: .5rem 0 0; padding-left: 1.25rem; }
.warning { margin: .75rem 0 0; padding: .5rem 1rem; background: #fef6e0; border: 1px solid #ecd9a4; }
article { padding: .75rem 0; border-bottom: 1px solid #e5e7eb; break-inside: avoid; }
article h3 { display: flex; flex-wrap: wrap; gap: .1rem .75rem; align-items: baseline; margin: 0; font-size: 1rem; }
article h3 span { color: #6b7280; font-weight: 400; }
article h3 output { margin-left: auto; font-variant-numeric: tabular-nums; }
.unkept output { color: #b91c1c; }
article dl { margin-top: .35rem; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid #e5e7eb; text-align: left; vertical-align: top;
  font-variant-numeric: tabular-nums; }
th { color: #6b7280; font-weight: 500; }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .35rem; } }
@page { size: A4; margin: 20mm 18mm; }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } .wide { overflow: visible; }
  h2 { break-after: avoid; } tr { break-inside: avoid; } thead { display: table-header-group; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(sheet: Sheet) -> str:
    """The whole document. Every text of the sheet is escaped."""
    say = Phrases(sheet.language)
    body = [
        f"<h1>{escape(sheet.title)}</h1>",
        f'<p class="soft">{escape(sheet.about)}</p>',
        _pairs(sheet.head),
        _verdict(sheet),
    ]
    if sheet.facts:
        body += [_heading(say("facts")), _pairs(sheet.facts)]
    if sheet.member_rows:
        body += [_heading(say("members")), _table(sheet.member_head, sheet.member_rows)]
    body += [_heading(say("steps")), *(_step(step, sheet.language) for step in sheet.steps)]
    if sheet.rates:
        head = ("", say("rate"), say("value"), say("holds"), say("source"))
        rows = [(one.number, one.label, one.value, one.holds, one.source) for one in sheet.rates]
        body += [_heading(say("rates_used")), _table(head, rows)]
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(sheet.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(sheet.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _verdict(sheet: Sheet) -> str:
    reasons = "".join(_reason(one) for one in sheet.reasons)
    listed = f"<ul>{reasons}</ul>" if reasons else ""
    warning = f'<p class="warning">{escape(sheet.warning)}</p>' if sheet.warning else ""
    return f'<div class="verdict {sheet.outcome}"><strong>{escape(sheet.verdict)}</strong>{listed}</div>{warning}'


def _reason(reason: Reason) -> str:
    detail = f'<div class="soft">{escape(reason.detail)}</div>' if reason.detail else ""
    return f"<li>{escape(reason.text)}{detail}</li>"


def _step(step: Step, language: str) -> str:
    result = f"<output>{escape(step.result)}</output>" if step.result else ""
    kind = ' class="unkept"' if step.kept is False else ""
    heading = f"<h3><span>{escape(step.heading)}</span>{escape(step.label)}{result}</h3>"
    return f"<article{kind}>{heading}{_pairs(rows_of(step, language))}</article>"


def _pairs(pairs: Iterable[Pair]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(caption)}</dt><dd>{escape(text)}</dd>" for caption, text in pairs) + "</dl>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    captions = "".join(f"<th>{escape(caption)}</th>" for caption in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{captions}</tr></thead><tbody>{lines}</tbody></table></div>'
