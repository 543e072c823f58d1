"""Taking in the verification centre's report: all of it, or nothing."""

import datetime as dt

from django.db import transaction

from minzheng.access.models import User
from minzheng.cases import verification_report
from minzheng.cases.actions import door
from minzheng.cases.actions.verification import record_verification
from minzheng.cases.models import CaseStep
from minzheng.cases.refusals import casework
from minzheng.cases.verification_report import COLUMNS, Fault
from minzheng.core import clock, documents, sheets
from minzheng.core.errors import Refused


@casework
def take_verification_report(*, by: User, content: bytes, name: str, on: dt.date | None = None) -> list[CaseStep]:
    """Enter the result of every case in a report (csv or xlsx), each with the file as its document.

    Refuses the whole file where a row cannot be read or a case cannot take its result; `values["faults"]` of the
    refusal has them all, by row and column.
    """
    on = on or clock.today()
    reports, faults = verification_report.read(content)
    if faults:
        raise verification_report.refused(faults)
    steps = []
    for report in reports:
        case = report.case
        try:
            with transaction.atomic():
                document = documents.keep(
                    by=by, kind="cases.verification_source", title=f"核对结果表 {case.number}",
                    media_type=sheets.media_type(name), content=content, subject=case, area=case.area_id,
                )  # fmt: skip
                asked_for = door.lock(case).procedure.papers
                steps.append(
                    record_verification(
                        by=by,
                        case=case,
                        verified_on=report.on,
                        found=report.found,
                        facts=report.facts,
                        report=document.pk,
                        papers=[kind for kind, paper in asked_for.items() if paper.required_at == "cases.cross_check"],
                        on=on,
                    )
                )
        except Refused as refused:
            texts = {"zh-Hans": refused.text("zh-Hans"), "en": refused.text("en")}
            column = "day" if refused.code == "case.verification_day" else "case"
            faults.append(Fault(report.row, COLUMNS[column][0], texts))
    if faults:
        raise verification_report.refused(faults)
    return steps
