"""The papers before an acceptance and instead of a decision: 补正通知书, 不予受理通知书, 终止办理通知书."""

from minzheng.cases import ending
from minzheng.cases.paper_words import ZH, programme, remedies, too_early
from minzheng.cases.queries import CaseView, Entry
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.core.paper import Sheet, written_day


def asked(view: CaseView) -> Entry | None:
    """The one time that what is missing was told."""
    return next((entry for entry in view.timeline if entry.act == ending.ASK_PAPERS), None)


def ended(view: CaseView) -> Entry | None:
    """The step that ended the case without a decision."""
    return next((entry for entry in view.timeline if entry.data.get("outcome") in ending.OUTCOMES), None)


def write_missing(sheet: Sheet, view: CaseView) -> None:
    """What was told stays as it was told; before that the list as it stands."""
    told = asked(view)
    labels = {paper.kind: pick(paper.label, ZH) for paper in view.papers}
    lines = (
        [labels[kind] for kind in told.data["asked"]] + list(told.data["also"])
        if told
        else [labels[paper.kind] for paper in view.missing_papers]
    )
    if not lines:
        raise too_early("缺少材料的清单", "a list of what is missing")
    sheet.title(f"{programme(view)}申请材料补正通知书（一次性告知）" if told else f"{programme(view)}申请一次性告知书")
    sheet.number(view.case.number)
    sheet.text(f"{view.who}：", indent=False)
    sheet.text("经审查，您的申请还需要补齐以下材料，现一次性告知。可以通过信息核对取得的材料，不要求您重复提交。")
    for number, line in enumerate(lines, 1):
        sheet.text(f"{number}．{line}")
    sheet.text("材料补齐后，我们即予受理，办理期限自受理之日起计算。")
    sheet.signature(told.on if told else clock.today())
    if told:
        sheet.receipt()


def write_ending(sheet: Sheet, view: CaseView) -> None:
    """Why it is not accepted or goes no further, and what can be done against that."""
    entry = ended(view)
    rule = view.procedure.endings.get(entry.act) if entry else None
    if entry is None or rule is None:
        raise too_early("不予受理或者终止", "a refusal to accept, or a termination")
    letter = pick(rule.letter, ZH)
    sheet.title(f"{programme(view)}{letter}")
    sheet.number(view.case.number)
    sheet.text(f"{view.who}：", indent=False)
    sheet.text(
        f"您于{written_day(view.case.opened_on)}提出的{programme(view)}申请，"
        f"决定{letter.removesuffix('通知书')}。依据：{rule.rule}。"
    )
    sheet.text(f"理由：{pick(rule.grounds[entry.data['ground']].label, ZH)}。{entry.note}")
    sheet.text("情况有变化的，可以重新提出申请。生活仍有困难的，可以申请临时救助等其他救助，本办公室将予以指导。")
    remedies(sheet, view, entry.on)
