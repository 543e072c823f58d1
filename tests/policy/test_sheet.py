"""The sheet of an explanation: reading order, what each step says, and the branches of a formula that were taken."""

import datetime as dt
import re
from pathlib import Path

import pytest

import minzheng.demo
from minzheng.core.money import format_yuan
from minzheng.policy import (
    Rates,
    Subject,
    explain,
    load_overlay,
    load_policy,
    load_rates,
    parse_policy,
    parse_rates,
)
from minzheng.policy.cases import load_cases
from minzheng.policy.explain import explanation_of
from minzheng.policy.sheet import html, present, terminal
from minzheng.policy.sheet.present import rows_of
from minzheng.policy.vocabulary import parse_vocabulary

DEMO_RATES = Path(minzheng.demo.__file__).parent / "rates.yaml"
DAY = dt.date(2024, 5, 1)
VOCABULARY = """
income: {type: money, min: 0, max: 100000, of: household, label: {zh-Hans: 年收入, en: Income}}
heads: {type: int, min: 0, max: 100, of: household, label: {zh-Hans: 人头, en: Heads}}
owner: {type: bool, of: household, label: {zh-Hans: 有房, en: Owner}}
fuel: {type: code, of: household, label: {zh-Hans: 燃料, en: Fuel},
  values: {coal: {zh-Hans: 煤, en: Coal}, gas: {zh-Hans: 气, en: Gas}}}
age: {type: int, min: 0, max: 130, of: person, label: {zh-Hans: 年龄, en: Age}}
covered: {type: bool, of: person, label: {zh-Hans: 保障, en: Covered}}
"""
POLICY = """
programme: p
name: {zh-Hans: 补助, en: Grant}
unit: household
versions:
  - from: 2021-07-01
    basis: [{title: 总办法, ref: 一号, articles: [1, 2]}]
    facts: {income: money, heads: int, owner: bool, fuel: {type: code, values: [coal, gas]}}
    member_facts: {age: int, covered: bool}
    rates:
      standard: {type: money, label: {zh-Hans: 标准, en: Standard}}
      heating: {type: money, key: fuel, label: {zh-Hans: 取暖, en: Heating}}
    conditions:
      poor:
        formula: month < standard
        label: {zh-Hans: 收入低, en: Poor}
        otherwise: {zh-Hans: 收入不低。, en: The income is not low.}
    member_steps:
      extra:
        formula: if(covered and age >= 70, per_head, 0)
        label: {zh-Hans: 增发, en: Extra}
        basis: {title: 细则, articles: [四（七）]}
    steps:
      per_head: {formula: "floor(standard / 3, yuan)", label: {zh-Hans: 人均, en: Per head}}
      month: {formula: income / 12, label: {zh-Hans: 月收入, en: Monthly income}}
      warm:
        formula: >-
          case when owner then 0 when fuel = 'coal' then heating else heating * 2 end
        label: {zh-Hans: 取暖补贴, en: Heating grant}
      heads_known: {formula: "coalesce(heads, 1)", label: {zh-Hans: 按几人, en: Heads counted}}
      old: {formula: "count(*) filter (where covered)", label: {zh-Hans: 保障人数, en: People covered}}
    amount: ceil(month * heads_known + sum(extra) + warm * old, yuan)
    timing: {starts: month_after_decision, month_of_ending_event: paid, pay_cycle: quarter, arrears_months: 12}
"""
RATES = """
standard:
  - {area: '99', residence: rural, from: 2024-01-01, value: 560.00, source: {title: 通知, ref: 二号, mark: S}}
heating:
  - {area: '99', category: coal, from: 2023-01-01, value: 20, source: {title: 草稿, mark: K}}
  - {area: '99', category: gas, from: 2023-01-01, value: 30}
"""
FACTS = {"income": 500000, "heads": None, "owner": False, "fuel": "coal"}
MEMBERS = ({"name": "赵甲", "age": 75, "covered": True}, {"name": "钱乙", "age": 30, "covered": True})


def policy(text: str = POLICY):
    return parse_policy(text, "policy.yaml", parse_vocabulary(VOCABULARY, "f"))


def explained(facts=FACTS, members=MEMBERS, text=POLICY):
    return explain(policy(text), parse_rates(RATES, "r"), Subject("甲1", "990101", "rural", facts, members), DAY)


def sheet(language="zh-Hans", **changed):
    return present(explained(**changed), language)


def step(paper, name):
    return next(one for one in paper.steps if one.name == name)


def texts(paper, name):
    return [text for _, text in rows_of(step(paper, name), paper.language)]


def test_steps_stand_in_the_order_of_the_file_whatever_the_order_of_computation():
    law = policy()
    assert list(law.versions[0].steps) != ["per_head", "month"]
    assert [one.name for one in sheet().steps] == [
        *("poor", "extra", "per_head", "month", "warm", "heads_known", "old", "amount")
    ]


def test_a_step_says_where_its_operands_were_worked_out_and_when_that_is_further_down():
    paper = sheet()
    assert step(paper, "poor").uses == "第 4 步“月收入”（写在后面）"
    assert step(paper, "extra").uses == "第 3 步“人均”（写在后面）"
    assert step(paper, "amount").uses == (
        "第 4 步“月收入”、第 6 步“按几人”、第 2 步“增发”、第 5 步“取暖补贴”、第 7 步“保障人数”"
    )
    assert step(sheet("en"), "extra").uses == "step 3, “Per head” (further down)"


def test_a_result_has_its_unit_and_a_rounded_one_is_never_shown_as_exact():
    assert step(sheet(), "month").result == "约 416.67 元（精确值 1250/3）"
    assert step(sheet("en"), "month").result == "about 416.67 yuan (exactly 1250/3)"
    assert step(sheet(), "per_head").result == "186.00 元"
    assert step(sheet(), "old").result == "2"
    for language in ("zh-Hans", "en"):
        for one in sheet(language).steps:
            for working in one.workings:
                assert ("416.67" not in working.filled) or ("1250/3≈416.67" in working.filled)


def test_members_are_named_each_with_a_working_of_its_own():
    extra = step(sheet(), "extra")
    assert [(one.who, one.text) for one in extra.workings] == [
        ("赵甲", "(保障（是） 且 75 ≥ 70) 成立，取 186.00 = 186.00 元"),
        ("钱乙", "(保障（是） 且 30 ≥ 70) 不成立，取 0 = 0.00 元"),
    ]
    assert extra.of_members and extra.result == ""
    assert step(sheet(), "old").workings[0].filled == "2（赵甲、钱乙）"
    nameless = tuple({**one, "name": None} for one in MEMBERS)
    assert [one.who for one in step(sheet(members=nameless), "extra").workings] == ["成员1", "成员2"]
    assert step(sheet(members=nameless), "old").workings[0].filled == "2"
    assert sheet().member_rows == (("赵甲", "75", "是"), ("钱乙", "30", "是"))


def test_a_members_step_keeps_its_place_where_there_is_no_member():
    paper = sheet(members=())
    assert [one.number for one in paper.steps] == list(range(1, 9))
    assert texts(paper, "extra") == [
        *("若 保障 且 年龄 ≥ 70，则 人均，否则 0", "第 3 步“人均”（写在后面）", "《细则》四（七）", "没有登记成员。")
    ]
    assert explanation_of(explained(members=()).as_dict()) == explained(members=())


def test_only_the_branch_taken_is_filled_in_and_the_words_stay_whole():
    def warm(**facts):
        return step(sheet(facts={**FACTS, **facts}), "warm")

    assert warm().workings[0].filled == "有房（否），“煤” = “煤” 成立，取 20.00"
    assert warm(fuel="gas").workings[0].filled == "有房（否），“气” = “煤” 不成立，取 30.00 × 2"
    assert warm(owner=True).workings[0].filled == "有房（是），取 0"
    assert warm(owner=None).workings[0].filled == "有房（未知） 是否成立不清楚"
    assert warm().words == "若 有房，则 0，否则 若 燃料 = “煤”，则 取暖，否则 取暖 × 2"
    assert step(sheet("en"), "warm").workings[0].filled == "Owner (no), “Coal” = “Coal” holds, so 20.00"


def test_coalesce_says_what_was_not_known():
    assert step(sheet(), "heads_known").workings[0].filled == "1（人头未知）"
    assert step(sheet(facts={**FACTS, "heads": 3}), "heads_known").workings[0].filled == "3"


@pytest.mark.parametrize(
    ("formula", "filled"),
    [
        ("owner and heads > 1", "有房（否）（已能判断，其余不必看）"),
        ("not owner or heads > 1", "并非 有房（否）（已能判断，其余不必看）"),
        ("not owner and income > 0 or owner", "(并非 有房（否） 且 5000.00 > 0) 或 有房（否）"),
        ("heads > 1 or owner", "未知 > 1 或 有房（否）"),
    ],
)
def test_what_was_not_looked_at_is_not_shown_as_unknown(formula, filled):
    text = POLICY.replace("formula: month < standard", f"formula: {formula}").replace(
        "amount: ceil(", "amount: ceil(if(month < standard, 1, 2) * "
    )
    assert step(sheet(text=text), "poor").workings[0].filled == filled


def test_the_clause_is_the_steps_own_or_the_rules():
    assert texts(sheet(), "extra")[-1] == "《细则》四（七）"
    assert texts(sheet(), "month")[-1] == "《总办法》（一号）第1、2条（整项规定的依据）"
    assert texts(sheet("en"), "month")[-1] == "总办法 (一号), art. 1, 2 (of the rules as a whole)"
    assert step(sheet(), "month").clause_short == "一号 第1、2条"


def test_each_rate_with_its_value_date_place_source_and_mark_in_words():
    paper = sheet()
    assert [(one.number, one.label, one.value, one.holds, one.source, one.sure) for one in paper.rates] == [
        ("1", "标准", "560.00 元", "2024-01-01 起，区划 99，农村", "《通知》（二号）；见过文件存本", True),
        ("2", "取暖", "20.00 元", "2023-01-01 起，区划 99，煤", "《草稿》；凭了解，未见原文，须核对", False),
    ]
    assert step(paper, "warm").rates == "取暖 20.00 元〔2〕（未核对）"
    assert step(paper, "per_head").rates == "标准 560.00 元〔1〕"
    assert "不能作为发放依据" in paper.warning
    unsourced = sheet(facts={**FACTS, "fuel": "gas"}).rates[1].source
    assert unsourced == "没有写明出处；没有注明是否核对，须核对"
    given = sheet(facts={**FACTS, "standard": 60000, "heating": 1000})
    assert [(one.value, one.holds, one.source) for one in given.rates] == [
        ("600.00 元", "随事实给出，没有查标准", ""),
        ("10.00 元", "随事实给出，没有查标准", ""),
    ]
    assert given.warning == ""


def test_a_place_is_named_where_its_name_is_known():
    paper = present(explained(), "zh-Hans", places={"99": "某省", "990101": "某省某县"})
    assert ("地区", "某省某县（990101）（农村）") in paper.head
    assert paper.rates[0].holds == "2024-01-01 起，某省（99），农村"


def test_what_is_paid_and_how_often():
    assert (sheet().outcome, sheet().verdict) == ("paid", "符合条件，每季应发 643.00 元。")
    assert sheet("en").verdict == "Eligible: 643.00 yuan a quarter."


def test_a_refusal_gives_each_unmet_condition_with_its_numbers():
    paper = sheet(facts={**FACTS, "income": 672000})
    assert paper.outcome == "refused"
    assert [(one.text, one.detail) for one in paper.reasons] == [
        ("收入不低。", "第 1 步“收入低”：560.00 < 560.00，不成立。")
    ]
    assert step(paper, "amount").note == "有条件不符合，这个数不发。"
    assert step(paper, "poor").result == "不符合"


ERRORS = [
    (
        {"facts": {**FACTS, "income": None}},
        "缺少事实“年收入”。（出在第 4 步“月收入”）",
        "列名 income",
    ),
    (
        {"members": (MEMBERS[0], {**MEMBERS[1], "age": None})},
        "缺少事实“年龄”。（出在第 2 步“增发”，涉及：钱乙）",
        "列名 age",
    ),
    (
        {"members": (MEMBERS[0], {**MEMBERS[1], "covered": None})},
        "缺少事实“保障”。（出在第 2 步“增发”，涉及：钱乙）",
        "列名 covered",
    ),
    ({"members": (MEMBERS[0], {**MEMBERS[1], "age": 131})}, "“年龄”超出允许的范围。", "应在 0 到 130 之间"),
    ({"facts": {**FACTS, "fuel": "wood"}}, "“燃料”超出允许的范围。", "只能是 coal（煤）、gas（气） 之一"),
    ({"members": MEMBERS[:1] * 101}, "家庭成员超过 100 人。", "核对成员名单"),
]


@pytest.mark.parametrize(("changed", "reason", "remedy"), ERRORS)
def test_an_error_says_what_where_whose_and_what_to_do(changed, reason, remedy):
    paper = sheet(**changed)
    assert (paper.outcome, paper.verdict) == ("error", "算不出，既不发给也不拒绝。")
    (said,) = paper.reasons
    assert said.text.startswith(reason)
    assert remedy in said.detail


def test_a_rate_that_is_not_set_and_a_divisor_of_zero():
    nowhere = explain(policy(), parse_rates("{}", "r"), Subject("甲", "11", None, FACTS, MEMBERS), DAY)
    (said,) = present(nowhere, "en").reasons
    assert said.text == "No “Standard” is set for this place. (in step 1, “Poor”)"
    assert "name standard" in said.detail
    assert (
        step(present(nowhere, "en"), "per_head").workings[0].text == "round down to yuan (not set ÷ 3) = not computed"
    )
    text = POLICY.replace("income / 12", "income / heads")
    (said,) = sheet(facts={**FACTS, "heads": 0}, text=text).reasons
    assert said.text == "除数“人头”为零。（出在第 4 步“月收入”）"
    text = POLICY.replace("income / 12", "income / (heads * 1)")
    (said,) = sheet(facts={**FACTS, "heads": 0}, text=text).reasons
    assert said.text == "除数为零。（出在第 4 步“月收入”）"


def test_what_was_stored_is_presented_the_same():
    found = explained()
    assert explanation_of(found.as_dict()) == found
    broken = explained(facts={**FACTS, "income": None})
    assert explanation_of(broken.as_dict()) == broken


def test_an_explanation_stored_by_an_earlier_release_can_still_be_read():
    stored = explained().as_dict()
    for line in stored["lines"]:
        for later in ("stated", "uses", "own_basis"):
            del line[later]
        for rate in line["rates"]:
            for later in ("residence", "category", "text"):
                del rate[later]
    for later in ("who", "area", "residence", "cycle", "fault"):
        del stored[later]
    paper = present(explanation_of(stored), "zh-Hans")
    assert step(paper, "month").result == "1250/3≈416.67"
    assert paper.rates[0].value == "560.00"
    assert present(explanation_of({}), "en").steps == ()


EVIL = "<script>alert(1)</script> [red]x[/red] [/] :smile: \x1b[31m \u202eabc \x00 &amp;"


def test_texts_of_the_policy_and_of_the_facts_cannot_command_anything():
    text = POLICY.replace("zh-Hans: 月收入,", f"zh-Hans: {EVIL.translate({27: None, 0: None})!r},").replace(
        "{title: 总办法", "{title: '[bold]<b>总办法</b>'"
    )
    facts = {**FACTS, "fuel": "wood<i>"}
    members = ({**MEMBERS[0], "name": EVIL}, MEMBERS[1])
    found = explain(policy(text), parse_rates(RATES, "r"), Subject(EVIL, "990101", "rural", facts, members), DAY)
    paper = present(found, "zh-Hans")
    page = html.page(paper)
    for tag in ("<script", "<b>", "<i>"):
        assert tag not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "&amp;amp;" in page
    shown = terminal.text(paper)
    for plain in ("[red]x[/red]", "[/]", ":smile:", "<script>alert(1)</script>", "[bold]<b>总办法</b>"):
        assert plain in shown
    for whole in (page, shown):
        assert not {"\x1b", "\x00", "\u202e"} & set(whole)


def test_every_worked_case_of_the_repository_reads_without_a_name_from_the_code(policies):
    """In Chinese nothing is left in the words of a programmer; an amount on the sheet is the amount that is paid."""
    seen = set()
    overlay = load_overlay(DEMO_RATES)
    for path in sorted(policies.glob("*/policy.yaml")):
        law = load_policy(path, policies / "facts.yaml")
        rates = load_rates(path.parent / "rates.yaml").merge(overlay.get(law.programme, Rates()))
        for case in load_cases(path.parent, law):
            found = explain(law, rates.merge(case.rates), case.subject, case.on)
            paper = present(found, "zh-Hans")
            seen.add(paper.outcome)
            for one in paper.steps:
                for text in (one.label, one.words, *(working.text for working in one.workings)):
                    assert not re.search(r"[a-z_]{3,}", text), (path.parent.name, text)
            if paper.outcome == "paid":
                assert paper.steps[-1].result.removesuffix(" 元") == format_yuan(found.amount, separators=False)
            assert html.page(present(found, "en")).endswith("</html>\n")
    assert seen == {"paid", "refused", "error"}
