"""Every operator and function, its edges and its errors, on every engine."""

import pytest

ROUNDING = [
    # half away from zero, to −∞, to +∞; −7/2 is where engines differ
    ("round(income / 2, fen)", "-0.07", "-0.04"),
    ("floor(income / 2, fen)", "-0.07", "-0.04"),
    ("ceil(income / 2, fen)", "-0.07", "-0.03"),
    ("round(income, yuan)", "2.50", "3.00"),
    ("round(income, yuan)", "-2.50", "-3.00"),
    ("round(income, yuan)", "2.49", "2.00"),
    ("floor(income, yuan)", "-2.01", "-3.00"),
    ("ceil(income, yuan)", "-2.99", "-2.00"),
    ("ceil(income, yuan)", "2.01", "3.00"),
    ("round(income, jiao)", "0.15", "0.20"),
    ("round(income, jiao)", "-0.15", "-0.20"),
    ("floor(income, jiao)", "0.19", "0.10"),
    ("ceil(income, 10)", "560.00", "560.00"),
    ("ceil(income, 10)", "560.01", "570.00"),
    ("round(income, 100)", "-150", "-200.00"),
    ("round(income / 3 * 3, fen)", "100", "100.00"),
    ("round(income * elderly, fen)", "0.05", "0.02"),
]


@pytest.mark.parametrize(("formula", "income", "wanted"), ROUNDING)
def test_rounding(on_engine, formula, income, wanted):
    assert on_engine(formula, {"income": income}) == wanted


PLAIN = [
    ("income - savings", {"income": "1", "savings": "2.01"}, "-1.01"),
    ("income * cars", {"income": "-0.01", "cars": "3"}, "-0.03"),
    ("round(income / savings)", {"income": "-5", "savings": "2"}, "-3"),
    ("income / cars", {"income": "1", "cars": "-3"}, "-0.333333"),
    ("cars / 2 - share", {"cars": "3", "share": "0.000001"}, "1.499999"),
    ("round(share * 3)", {"share": "0.5"}, "2"),
    ("round(share * 3)", {"share": "-0.5"}, "-2"),
    ("max(income, savings, 0)", {"income": "-5", "savings": "-1"}, "0.00"),
    ("min(income / 3, savings / 7)", {"income": "3", "savings": "7.01"}, "1.00"),
    ("max(since, day)", {"since": "2030-01-01"}, "2030-01-01"),
    ("abs(income)", {"income": "-3.20"}, "3.20"),
    ("income / 3 = savings / 3", {"income": "1", "savings": "1"}, "true"),
    ("income / 3 < savings / cars", {"income": "1", "savings": "1", "cars": "2"}, "true"),
    ("cars between 1 and 3", {"cars": "3"}, "true"),
    ("cars not in (1, 2)", {"cars": "2"}, "false"),
    ("kind in ('b')", {"kind": "a"}, "false"),
    ("case kind when 'a' then 1 when 'b' then 2 else 3 end", {"kind": "b"}, "2"),
    ("if(owner, income, 0)", {"owner": "false", "income": "5"}, "0.00"),
    ("not owner and cars > 0 or false", {"owner": "false", "cars": "1"}, "true"),
]


@pytest.mark.parametrize(("formula", "facts", "wanted"), PLAIN)
def test_arithmetic_and_choice(on_engine, formula, facts, wanted):
    assert on_engine(formula, facts) == wanted


DATES = [
    ("age_on(since, day)", "1954-05-01", "70"),
    ("age_on(since, day)", "1954-05-02", "69"),
    ("age_on(since, day)", "2024-05-02", "-1"),
    ("months_between(since, day)", "2024-01-31", "3"),
    ("months_between(since, day)", "2024-04-01", "1"),
    ("months_between(since, day)", "2024-04-02", "0"),
    ("months_between(day, since)", "2024-03-31", "-1"),
    ("months_between(day, since)", "2025-05-01", "12"),
]


@pytest.mark.parametrize(("formula", "since", "wanted"), DATES)
def test_dates(on_engine, formula, since, wanted):
    assert on_engine(formula, {"since": since}) == wanted


@pytest.mark.parametrize(("on", "wanted"), [("2023-02-28", "22"), ("2023-03-01", "23"), ("2024-02-29", "24")])
def test_born_on_a_leap_day(on_engine, on, wanted):
    assert on_engine("max(age_on(birth, since))", {"since": on}, [{"birth": "2000-02-29"}]) == wanted


TABLES = [
    ("band(cars, ages)", {"cars": "80"}, "50.00"),
    ("band(cars, ages)", {"cars": "99"}, "100.00"),
    ("band(cars, ages)", {"cars": "120"}, "300.00"),
    ("band(cars, ages)", {"cars": "79"}, "table:x:ages"),
    ("marginal(income, tiers)", {"income": "1000"}, "0.00"),
    ("marginal(income, tiers)", {"income": "6000.01"}, "3300.005"),
    ("marginal(income, tiers)", {"income": "-0.01"}, "table:x:tiers"),
    ("marginal(cars, rooms)", {"cars": "3"}, "15000.00"),
    ("marginal(cars, rooms)", {"cars": "9"}, "20000.00"),
    ("marginal(income / 3, tiers)", {"income": "3000.03"}, "0.007"),
]


@pytest.mark.parametrize(("formula", "facts", "wanted"), TABLES)
def test_tables(on_engine, formula, facts, wanted):
    assert on_engine(formula, facts) == wanted


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("count(*)", "0"),
        ("sum(wage)", "0.00"),
        ("sum(part)", "0"),
        ("any(covered)", "false"),
        ("all(covered)", "true"),
        ("min(wage)", "empty:x:members"),
        ("max(grade) filter (where covered)", "empty:x:members"),
    ],
)
def test_empty_families(on_engine, formula, wanted):
    assert on_engine(formula) == wanted
    others = [{"covered": "false", "wage": "1", "grade": "1", "part": "1"}]
    if "filter" not in formula:
        assert on_engine(f"{formula} filter (where covered)", members=others) == wanted


FAMILY = [
    {"wage": "-1.50", "grade": "1", "covered": "true", "part": "0.5"},
    {"wage": "3.00", "grade": "0", "covered": "false", "part": "0.25"},
    {"wage": "2.00", "grade": "4", "covered": "true", "part": "0.125"},
]


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("count(*) filter (where covered)", "2"),
        ("sum(wage)", "3.50"),
        ("sum(round(wage * part, fen)) filter (where covered)", "-0.50"),
        ("min(wage)", "-1.50"),
        ("max(grade) filter (where not covered)", "0"),
        ("any(grade >= 4)", "true"),
        ("all(grade >= 1) filter (where covered)", "true"),
        ("true = coalesce(all(covered), false)", "false"),
        ("sum(if(wage > income, wage, 0))", "5.00"),
    ],
)
def test_aggregates(on_engine, formula, wanted):
    assert on_engine(formula, {"income": "0"}, FAMILY) == wanted


ERRORS = [
    ("income + savings", {}, "missing:x:income"),
    ("savings + income", {}, "missing:x:savings"),
    ("owner or income > 0", {"owner": "true"}, "true"),
    ("owner or income > 0", {"owner": "false"}, "missing:x:income"),
    ("income > 0 or owner", {"owner": "true"}, "missing:x:income"),
    ("owner and income > 0", {"owner": "false"}, "false"),
    ("if(owner, income, savings)", {"owner": "false", "savings": "1"}, "1.00"),
    ("if(owner, income, savings)", {"income": "1", "savings": "1"}, "missing:x:owner"),
    ("case when owner then income when cars > 0 then savings else 0 end", {"owner": "false", "cars": "0"}, "0.00"),
    ("coalesce(income, savings, 0)", {}, "0.00"),
    ("coalesce(income, savings)", {}, "missing:x:savings"),
    ("coalesce(income / cars, 0)", {"income": "1", "cars": "0"}, "division:x:cars"),
    ("income / (cars - 1)", {"income": "1", "cars": "1"}, "division:x:divisor"),
    ("max(income, 0)", {}, "missing:x:income"),
    ("cars between 5 and old_from - cars", {}, "missing:x:cars"),
    ("income between 0 and savings", {"income": "-1"}, "missing:x:savings"),
    ("income", {"income": "1000000000.01"}, "bounds:x:income"),
    ("income", {"income": "1000000000"}, "1000000000.00"),
    ("by_kind", {"kind": "a"}, "100.00"),
    ("by_kind", {"kind": "b"}, "no_rate:x:by_kind"),
    ("by_kind", {}, "missing:x:kind"),
    ("standard", {"standard": "1.50"}, "1.50"),
    ("standard", {"standard": ""}, "560.00"),
]


@pytest.mark.parametrize(("formula", "facts", "wanted"), ERRORS)
def test_only_the_branch_taken_carries_its_error(on_engine, formula, facts, wanted):
    assert on_engine(formula, facts) == wanted


def test_of_several_members_errors_the_first_by_text(on_engine):
    members = [{"covered": "true"}, {"wage": "1", "grade": "1"}, {"covered": "true", "wage": "1"}]
    assert on_engine("sum(wage) filter (where covered)", members=members) == "missing:x:covered"
    assert on_engine("any(grade > 1) filter (where wage > 0)", members=members[1:]) == "missing:x:grade"


def test_a_family_larger_than_what_was_proved_is_an_error(on_engine):
    assert on_engine("sum(wage)", members=[{"wage": "1000000000"}] * 100) == "100000000000.00"
    assert on_engine("sum(wage)", members=[{"wage": "1000000000"}] * 101) == "bounds:x:members"
