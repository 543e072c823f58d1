"""The fixed texts of an explanation sheet, Chinese first."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("{name}核算说明", "{name}: how the amount comes about"),
    "about": (
        "按政策文件里的先后逐步列出：叫什么、怎样算、代入这一户的数字、结果、依据哪一条、标准从哪里来。用纸笔可以逐步验算。",
        "The steps in the order of the policy file: what each is called, how it is worked out, with the numbers filled "
        "in, the result, the clause, and where each rate comes from. Each can be checked with a pencil.",
    ),
    # ---- head
    "subject": ("编号", "Id"),
    "who": ("姓名", "Name"),
    "on": ("核定日", "Day assessed"),
    "version": ("适用规定", "Rules"),
    "version_from": ("自 {0} 起施行的版本", "the version in force from {0}"),
    "basis": ("依据", "Basis"),
    "place": ("地区", "Place"),
    "urban": ("城镇", "urban"),
    "rural": ("农村", "rural"),
    "by_default": ("整项规定的依据", "of the rules as a whole"),
    # ---- outcome
    "result": ("结果", "Result"),
    "paid": ("符合条件，{cycle}应发 {amount} 元。", "Eligible: {amount} yuan{cycle}."),
    "refused": ("不符合条件，不发给。", "Not eligible: nothing is paid."),
    "error": ("算不出，既不发给也不拒绝。", "It cannot be computed: neither paid nor refused."),
    "why": ("为什么", "Why"),
    "what_to_do": ("怎么办", "What to do"),
    "found_in": ("出在第 {0} 步“{1}”", "in step {0}, “{1}”"),
    "found_for": ("涉及：{0}", "of {0}"),
    "unmet_in": ("第 {0} 步“{1}”：{2}，不成立。", "Step {0}, “{1}”: {2} does not hold."),
    "unsure": (
        "用到的标准有未核对或虚构的（见“所用标准”各条的说明），本表不能作为发放依据。",
        "Some of the rates used are unverified or invented (see “Rates used”): nothing may be paid on the strength of "
        "this sheet.",
    ),
    # ---- facts
    "facts": ("已知情况", "What is known"),
    "members": ("家庭成员", "Members"),
    "member": ("成员", "Member"),
    "member_n": ("成员{0}", "member {0}"),
    # ---- steps
    "steps": ("逐步计算", "Step by step"),
    "step": ("第 {0} 步", "Step {0}"),
    "condition": ("条件", "Condition"),
    "formula": ("怎样算", "Formula"),
    "filled": ("代入数字", "With numbers"),
    "clause": ("依据", "Clause"),
    "uses": ("取自", "Taken from"),
    "step_at": ("第 {0} 步“{1}”", "step {0}, “{1}”"),
    "step_later": ("第 {0} 步“{1}”（写在后面）", "step {0}, “{1}” (further down)"),
    "rates": ("标准", "Rates"),
    "rate_at": ("{0} {1}〔{2}〕", "{0} {1} [{2}]"),
    "note": ("说明", "Note"),
    "not_paid": ("有条件不符合，这个数不发。", "A condition is unmet: this is not paid."),
    "kept": ("符合", "holds"),
    "unkept": ("不符合", "does not hold"),
    "no_members": ("没有登记成员。", "No member is entered."),
    # ---- rates
    "rates_used": ("所用标准", "Rates used"),
    "rate": ("标准", "Rate"),
    "value": ("数值", "Value"),
    "holds": ("适用", "Holds"),
    "source": ("出处", "Source"),
    "since": ("{0} 起", "since {0}"),
    "area": ("区划 {0}", "area {0}"),
    "everywhere": ("不分地区", "everywhere"),
    "given": ("随事实给出，没有查标准", "given with the facts, not looked up"),
    "no_source": ("没有写明出处", "no source is given"),
    "mark_S": ("见过文件存本", "seen in a stored copy of the document"),
    "mark_K": ("凭了解，未见原文，须核对", "known but the document was not seen: to be checked"),
    "mark_invented": ("虚构，仅供演示", "invented, for the demo only"),
    "mark_": ("没有注明是否核对，须核对", "not marked as verified: to be checked"),
    "unverified": ("未核对", "unverified"),
    "invented": ("虚构", "invented"),
    # ---- how often
    "month": ("每月", " a month"),
    "quarter": ("每季", " a quarter"),
    "half_year": ("每半年", " a half-year"),
    "year": ("每年", " a year"),
    "once": ("一次性", ", once"),
    # ---- punctuation
    "colon": ("：", ": "),
    "comma": ("，", ", "),
    "semicolon": ("；", "; "),
    "listing": ("、", ", "),
    "brackets": ("（{0}）", " ({0})"),
    "titled": ("《{0}》", "{0}"),
    "article": ("第{0}条", "art. {0}"),
}


class Phrases:
    """The texts in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, *values: object, **named: object) -> str:
        text = WORDS[key][0 if self.language.startswith("zh") else 1]
        return text.format(*values, **named) if values or named else text

    def pick(self, text: Mapping[str, str] | str | None, otherwise: str = "") -> str:
        """A text by language in this one; what there is where it has none."""
        if not isinstance(text, Mapping):
            return text or otherwise
        return text.get(self.language) or text.get("zh-Hans") or text.get("en") or otherwise
