"""A sheet as a Word file, in the layout of an office's papers (`core.paper`)."""

import io

from minzheng.core.paper import WIDTH
from minzheng.core.paper import Sheet as Paper
from minzheng.policy.sheet.present import Sheet, Step, rows_of
from minzheng.policy.sheet.words import Phrases

CAPTION = 29
"""Width of a column of captions in mm."""
FACT = 72
"""Width of a column of facts' labels, which are longer."""


def document(sheet: Sheet) -> bytes:
    """The file."""
    say = Phrases(sheet.language)
    paper = Paper("", language=sheet.language)
    paper.page_numbers()
    paper.title(sheet.title)
    paper.table(sheet.head, widths=(CAPTION, WIDTH - CAPTION))
    paper.heading(sheet.verdict)
    for reason in sheet.reasons:
        paper.text(reason.text)
        if reason.detail:
            paper.small(reason.detail, indent=True)
    if sheet.warning:
        paper.small(sheet.warning)
    if sheet.facts:
        paper.heading(say("facts"))
        paper.table(sheet.facts, widths=(FACT, WIDTH - FACT))
    if sheet.member_rows:
        paper.heading(say("members"))
        paper.table([sheet.member_head, *sheet.member_rows], head=True)
    paper.heading(say("steps"))
    paper.small(sheet.about)
    for step in sheet.steps:
        paper.table([(step.heading, _title(step)), *rows_of(step, sheet.language)], head=True, widths=_widths())
    if sheet.rates:
        paper.heading(say("rates_used"))
        head = ("", say("rate"), say("value"), say("holds"), say("source"))
        rows = [(one.number, one.label, one.value, one.holds, one.source) for one in sheet.rates]
        paper.table([head, *rows], head=True, widths=(11, 37, 29, 34, WIDTH - 111))
    file = io.BytesIO()
    paper.word.save(file)
    return file.getvalue()


def _title(step: Step) -> str:
    return f"{step.label} = {step.result}" if step.result else step.label


def _widths() -> tuple[int, int]:
    return CAPTION, WIDTH - CAPTION
