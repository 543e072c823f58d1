"""Solving the lines: exact on the published kind of figures, on random consistent ones, and refusing what cannot be.

Everything is summed again by `naive`, which knows only rates and months, not how a solution was found.
"""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.core.errors import Refused
from minzheng.demo.figures import Dibao, Line, Medical, Stock
from minzheng.demo.solve import exact
from minzheng.demo.solve.conscripts import solve_conscripts
from minzheng.demo.solve.dibao import Tariff, solve_dibao
from minzheng.demo.solve.festival import solve_parcels
from minzheng.demo.solve.gifts import solve_gifts
from minzheng.demo.solve.lines import Kind
from minzheng.demo.solve.medical import solve_medical
from minzheng.demo.solve.old_age import solve_old_age
from minzheng.demo.solve.retrenched import solve_retrenched
from minzheng.demo.solve.special_care import solve_special_care
from minzheng.demo.solve.tekun import solve_dispersed
from minzheng.demo.solve.temporary import solve_temporary

RAISED = Tariff((45000,) * 6 + (48000,) * 6, {"elderly": (4500,) * 6 + (4800,) * 6})
BANDS = [Kind("80", (5000,) * 12, 160), Kind("90", (10000,) * 12, 17), Kind("100", (30000,) * 12, 1)]
SPECIAL = [
    Kind("a", (90000,) * 7 + (99000,) * 5, 30),
    Kind("b", (80500,) * 7 + (88600,) * 5, 20),
    Kind("c", (231000,) * 7 + (254000,) * 5, 5),
]


def naive_dibao(families, standards, supplement=0):
    """Yuan paid in a year, month by month, in exact fractions of the yearly income."""
    paid = 0
    for family in families:
        for spell in family.spells:
            for month in range(spell.first, spell.last + 1):
                raised = dt.date(2025, month, 1) >= dt.date(2025, 7, 1)
                standard = standards[1] if raised else standards[0]
                per_head = Fraction(spell.income * 12, 12) / len(spell.traits)
                assert per_head < standard
                extra = sum(Fraction(standard * supplement, 100) for trait in spell.traits if trait == "elderly")
                benefit = -((-(standard * len(spell.traits) - spell.income + extra)) // 1)
                assert benefit >= 1
                paid += benefit
    return paid


def assert_stocks(families, dibao):
    def stock(chosen, at):
        return Stock(len(chosen), sum(len(f.spells[at].traits) for f in chosen))

    opening = [f for f in families if f.origin == "opening"]
    assert stock(opening, 0).households == dibao.opening.households
    added = [f for f in families if f.origin == "added"]
    removed = [f for f in families if f.leaves]
    assert stock(opening, 0) == dibao.opening
    assert stock(added, 0) == dibao.added
    assert stock(removed, -1) == dibao.removed
    assert stock([f for f in families if not f.leaves], -1) == dibao.year_end
    assert all(f.first == 1 for f in opening) and all(2 <= f.first <= 12 for f in added)
    assert all((f.last <= 11) == f.leaves for f in families)


def test_dibao_of_a_real_size():
    dibao = Dibao(Stock(50, 60), Stock(43, 44), Stock(529, 664), 177547500)
    families = solve_dibao(dibao, RAISED)
    assert naive_dibao(families, (450, 480)) == 1775475
    assert_stocks(families, dibao)
    assert {f.change for f in families} == {"", "income_changed", "member_died", "member_added"}


@st.composite
def consistent_dibao(draw):
    """Figures that some year could have had, made by living it: sizes, months and incomes first, sums from them."""

    def group(at_most):
        sizes = draw(st.lists(st.integers(1, 4), max_size=at_most))
        return sizes, Stock(len(sizes), sum(sizes))

    kept_sizes, kept = group(25)
    added_sizes, added = group(8)
    removed_sizes, removed = group(8)
    months = [(1, 12)] * len(kept_sizes) + [(2 + i % 11, 12) for i in range(len(added_sizes))]
    months += [(1, 1 + i % 11) for i in range(len(removed_sizes))]
    paid = 0
    for size, (first, last) in zip(kept_sizes + added_sizes + removed_sizes, months, strict=True):
        income = draw(st.integers(20, 400)) * size
        paid += sum((450 if month < 7 else 480) * size - income for month in range(first, last + 1))
    year_end = Stock(kept.households + added.households, kept.persons + added.persons)
    return Dibao(added, removed, year_end, paid * 100)


@settings(max_examples=150, deadline=None)
@given(consistent_dibao())
def test_dibao_of_any_year_that_could_be(dibao):
    families = solve_dibao(dibao, RAISED)
    assert naive_dibao(families, (450, 480)) * 100 == dibao.paid
    assert_stocks(families, dibao)


@settings(max_examples=30, deadline=None)
@given(consistent_dibao(), st.integers(1, 99))
def test_dibao_with_fen_is_refused(dibao, fen):
    with pytest.raises(Refused, match="whole yuan"):
        solve_dibao(Dibao(dibao.added, dibao.removed, dibao.year_end, dibao.paid + fen), RAISED)


@pytest.mark.parametrize("paid", [0, 500_00, 900_000_00])
def test_dibao_out_of_range_says_the_range(paid):
    with pytest.raises(Refused, match="can be paid from"):
        solve_dibao(Dibao(Stock(5, 6), Stock(3, 3), Stock(40, 48), paid), RAISED)


def test_dibao_of_people_who_came_and_went_within_the_year():
    dibao = Dibao(Stock(9, 10), Stock(7, 8), Stock(4, 5), 13_000_00)
    assert_stocks(solve_dibao(dibao, RAISED), dibao)


def test_old_age_is_the_natural_decomposition():
    paths = solve_old_age(Line(178, 120600_00), BANDS)
    assert all(path.whole_year for path in paths) and len(paths) == 178
    assert sum(path.paid for path in paths) == 120600_00


def naive_bands(path):
    rate = {kind.code: kind.amounts[0] for kind in BANDS}
    return sum(
        rate[path.then if path.then and month >= path.then_from else path.kind]
        for month in range(path.first, path.last + 1)
    )


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 200), st.data())
def test_old_age_of_any_sum_of_fifties(persons, data):
    line = Line(persons, data.draw(st.integers(persons * 12 * 50, persons * 12 * 100)) // 50 * 5000)
    paths = solve_old_age(line, BANDS)
    assert len(paths) == persons
    assert sum(naive_bands(path) for path in paths) == line.paid


@pytest.mark.parametrize("paid", [120601_00, 120600_01, 120625_00])
def test_old_age_that_cannot_be_says_what_does_not_add_up(paid):
    with pytest.raises(Refused) as caught:
        solve_old_age(Line(178, paid), BANDS)
    text = caught.value.text("en")
    assert "old_age_allowance" in text and "178 recipients" in text and "50.00/100.00/300.00" in text
    assert "120600.00" in text and "120650.00" in text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SPECIAL), min_size=1, max_size=80))
def test_special_care_with_rates_that_change(kinds):
    total = sum(kind.amounts[0] * 7 + kind.amounts[11] * 5 for kind in kinds)
    paths = solve_special_care(Line(len(kinds), total), SPECIAL)
    rate = {kind.code: kind.amounts for kind in SPECIAL}
    assert len(paths) == len(kinds)
    assert sum(rate[p.kind][m - 1] for p in paths for m in range(p.first, p.last + 1)) == total


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([102400, 131000, 150000]), st.integers(1, 4)), min_size=1, max_size=30))
def test_dispersed_by_the_quarter(people):
    kinds = [Kind(str(a), (a,) * 12, 1, cycle=3) for a in (102400, 131000, 150000)]
    total = sum(amount * quarters for amount, quarters in people)
    paths = solve_dispersed(Line(len(people), total), kinds)
    assert len(paths) == len(people)
    paid = 0
    for path in paths:
        for quarter in range(4):
            months = len([m for m in range(3 * quarter + 1, 3 * quarter + 4) if path.first <= m <= path.last])
            paid += (int(path.kind) * months * 2 + 3) // 6
    assert paid == total


def test_conscripts_are_whole_and_half_years():
    paths = solve_conscripts(Line(32, 301140_00), 10038_00, {"none": 0})
    assert sorted(p.last - p.first + 1 for p in paths) == [6] * 4 + [12] * 28


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=40))
def test_conscripts_of_any_months(months):
    total = sum((2 * 1003800 * m + 12) // 24 for m in months)
    paths = solve_conscripts(Line(len(months), total), 10038_00, {"none": 0, "third": 301140})
    bonus = {"none": 0, "third": 301140}
    again = sum(int(Fraction(1003800 * (p.last - p.first + 1), 12) + Fraction(1, 2)) + bonus[p.kind] for p in paths)
    assert len(paths) == len(months) and again == total


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 30), st.data())
def test_retrenched_in_whole_yuan(persons, data):
    total = data.draw(st.integers(persons * 12 * 100, persons * 12 * 900))
    paths = solve_retrenched(Line(persons, total * 100))
    assert len(paths) == persons
    assert sum(int(p.kind) * (p.last - p.first + 1) for p in paths) == total * 100
    assert sum(not p.whole_year for p in paths) <= 1


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 80), st.data())
def test_temporary_cash(households, data):
    total = data.draw(st.integers(households * 300, households * 5400))
    amounts = solve_temporary(Line(households, total * 100), 300_00, 5400_00)
    assert len(amounts) == households and sum(amounts) == total * 100
    assert all(300_00 <= amount <= 5400_00 and amount % 100 == 0 for amount in amounts)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 200), st.data())
def test_medical_to_the_fen(persons, data):
    paid = data.draw(st.integers(persons * 5000, persons * 3_000_000))
    settlements = solve_medical(Medical(persons, paid, (10, 31)), 5_000_000)
    assert sum(s.paid for s in settlements) == paid
    assert {s.person for s in settlements} == set(range(persons))
    assert all(s.paid > 0 and 1 <= s.month <= 10 for s in settlements)
    assert len({(s.person, s.month) for s in settlements}) == len(settlements)


def test_parcels_and_gifts():
    parcels = [Kind("rice", (22500,) * 12, 1), Kind("quilt", (30000,) * 12)]
    assert [p.kind for p in solve_parcels(Line(37, 8325_00), parcels)] == ["rice"] * 37
    assert [p.kind for p in solve_parcels(Line(37, 8400_00), parcels)].count("quilt") == 1
    with pytest.raises(Refused, match="nearest sums"):
        solve_parcels(Line(37, 8326_00), parcels)
    gifts = {"special_care": 20000, "conscript": 20000, "other": 20000}
    groups = {"special_care": 67, "conscript": 32}
    assert solve_gifts(21800_00, gifts, groups) == {"special_care": 67, "conscript": 32, "other": 10}
    assert sum(solve_gifts(9000_00, gifts, groups).values()) == 45
    with pytest.raises(Refused, match="army_day_gifts"):
        solve_gifts(21850_00, gifts, groups)


@settings(max_examples=60, deadline=None)
@given(st.integers(2_000, 40_000))
def test_gifts_of_several_sizes_make_almost_any_sum(total):
    gifts = {"special_care": 20000, "conscript": 20000, "other": 20000, "disabled": 26300, "martyr": 41200}
    taken = solve_gifts(total * 100 + 2_000_000, gifts, {"special_care": 30, "conscript": 12})
    assert sum(gifts[group] * number for group, number in taken.items()) == total * 100 + 2_000_000


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 12), st.lists(st.integers(1, 60), min_size=1, max_size=4), st.integers(0, 400))
def test_choose_finds_a_combination_exactly_where_there_is_one(count, values, total):
    sums = {0}
    for _ in range(count):
        sums = {s + v for s in sums for v in values}
    found = exact.choose(count, total, values, [1] * len(values))
    assert (found is not None) == (total in sums)
    if found:
        assert sum(found) == count and sum(n * v for n, v in zip(found, values, strict=True)) == total
