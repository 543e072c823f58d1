"""What every paper of a case says alike: the programme's name, and the refusal of one that comes too early."""

from minzheng.cases.queries import CaseView
from minzheng.core.errors import Refused, pick, refuse
from minzheng.policy import registry

ZH = "zh-Hans"


def programme(view: CaseView) -> str:
    return pick(registry.programme(view.case.programme).name, ZH)


def too_early(zh: str, en: str) -> Refused:
    return refuse(
        "paper.too_early",
        zh="本事项还没有{zh_what}，不能生成这份文书。",
        en="The case has not come to {en_what} yet; this paper cannot be made.",
        remedy_zh="请先办理相应环节。",
        remedy_en="Do that step first.",
        zh_what=zh,
        en_what=en,
    )
