"""The rules of reviews as data: what the files say, and what a broken file is told."""

import datetime as dt

import pytest
import yaml

from minzheng.awards.reviews import rules
from minzheng.awards.reviews.reader import ReviewReader
from minzheng.core.errors import Refused, pick


@pytest.fixture
def text(policies) -> str:
    return (policies / "dibao/reviews.yaml").read_text(encoding="utf-8")


def read(text: str) -> rules.RulesFile:
    return ReviewReader("dibao", "dibao/reviews.yaml", text).rules_file()


@pytest.mark.parametrize("code", rules.programmes())
def test_every_file_can_be_read_and_names_its_rules(code):
    for version in rules.load(code).versions:
        for kind in version.kinds.values():
            assert kind.rule
            assert {*kind.methods} <= {*version.methods}
            assert kind.is_sample or kind.warning


def test_the_ways_of_the_life_check_stand_in_their_order_each_with_what_it_proves():
    found = rules.load("old_age_allowance").on(dt.date(2025, 3, 3))
    assert found.kind("life_check").methods == ("data", "village", "remote", "visit", "in_person")
    assert all(pick(method.proves, language) for method in found.methods.values() for language in ("zh-Hans", "en"))


@pytest.mark.parametrize(
    ("every", "day", "first", "last"),
    [
        ("half_year", dt.date(2025, 6, 30), dt.date(2025, 1, 1), dt.date(2025, 6, 30)),
        ("half_year", dt.date(2025, 7, 1), dt.date(2025, 7, 1), dt.date(2025, 12, 31)),
        ("quarter", dt.date(2024, 2, 29), dt.date(2024, 1, 1), dt.date(2024, 3, 31)),
        ("quarter", dt.date(2025, 12, 31), dt.date(2025, 10, 1), dt.date(2025, 12, 31)),
        ("year", dt.date(2025, 5, 1), dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
    ],
)
def test_periods_lie_on_the_calendar(text, every, day, first, last):
    data = yaml.safe_load(text)
    data["versions"][0]["kinds"]["sample"]["every"] = every
    kind = read(yaml.safe_dump(data, allow_unicode=True)).versions[0].kind("sample")
    assert kind.period(day) == (first, last)
    assert kind.due_on(last) == last - dt.timedelta(days=15)


def test_the_share_of_the_nearest_area_counts(text):
    wider = text.replace(
        '[{area: "", share: 10%}]',
        '[{area: "", share: 10%}, {area: "9901", share: 20%}, {area: "990101", share: 2.5%}]',
    )
    kind = read(wider).versions[0].kind("sample")
    assert [kind.share(area) for area in ("880101101", "990102101", "990101101")] == [1000, 2000, 250]


@pytest.mark.parametrize(
    ("old", "new", "place", "zh", "en"),
    [
        ("programme: dibao", "programme: tekun", "programme", "写的是“tekun”", "says “tekun”"),
        ("every: year", "every: fortnight", "kinds.yearly.every", "不认识“fortnight”", "unknown “fortnight”"),
        ("classes: [C]", "classes: [D]", "kinds.quarterly.classes", "不认识“D”", "unknown “D”"),
        ("methods: [remote, visit, in_person]", "methods: [post]", "kinds.sample.methods", "不认识“post”", "“post”"),
        ("share: 10%", "share: 10", "shares[0].share", "不是百分比", "is no percentage"),
        ("share: 10%", "share: 120%", "shares[0].share", "不是百分比", "is no percentage"),
        ('area: "",', 'area: "990101",', "shares", "缺少适用于各地的比例", "lacks the share for everywhere"),
        ("warning: {days: 15,", "warning: {days: 0,", "warning.days", "须在 1 天以上", "must be at least one"),
        ("warning: {days: 15,", "warning: {days: soon,", "warning.days", "不是 0 到 400", "is no whole number"),
        ("due: {days_before_end: 30}", "due: {days_before_end: 400}", "due", "早于本期开始", "before the period"),
        ("ages: [16, 59]", "ages: [59, 16]", "able_to_work.ages", "应为起止周岁", "a first and a last age"),
        ("fact: review_class", "fact: rank", "classes.fact", "没有事实“rank”", "no fact “rank”"),
        ("labour: {zh", "worker: {zh", "classes.labels", "缺少“labour”", "lacks “labour”"),
        ("home_visit: household", "home_visit: village", "contacts.home_visit", "不认识", "unknown"),
        ("automatic: true", "automatic: false", "methods.data.automatic", "只有 data 是自动的", "only data"),
        ("en: Yearly review}", "fr: x}", "kinds.yearly.label", "缺少中文或英文", "Chinese and in English"),
        ("mark: S", "mark: maybe", "basis[0].mark", "不认识“maybe”", "unknown “maybe”"),
        ("from: 2021-07-01", "from: then", "versions[0].from", "不是日期", "is not a date"),
        ("contacts:", "contact:", "versions[0]", "缺少“contacts”", "lacks “contacts”"),
        ("versions:", "versions: [", "/", "不是有效的 YAML", "not valid YAML"),
    ],
)
def test_a_fault_is_named_with_its_place_in_both_languages(text, old, new, place, zh, en):
    assert old in text
    with pytest.raises(Refused) as refused:
        read(text.replace(old, new, 1) if old != "warning: {days: 15," else text.replace(old, new))
    assert refused.value.code == "review.broken"
    assert place in refused.value.text("zh-Hans")
    assert zh in refused.value.text("zh-Hans")
    assert en in refused.value.text("en")


def test_before_the_first_version_there_are_no_rules(text):
    with pytest.raises(Refused, match=r"review\.before_rules"):
        read(text).on(dt.date(2020, 1, 1))
