"""What if, over files: the worked example, what adds up, and what is refused."""

import datetime as dt
import json
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

import minzheng
from minzheng.core.errors import Refused
from minzheng.policy.errors import PolicyError
from minzheng.policy.simulation import (
    Law,
    laws_on_disk,
    open_population,
    rates_in,
    read_setting,
    simulated,
    with_policy,
    with_rates,
    with_settings,
)
from minzheng.policy.simulation.population import FAMILY_COLUMNS, write_table
from minzheng.policy.simulation.workbook import workbook
from tests.policy.small_population import FAMILIES, HEWAN, LIUZHUANG, write_small

DEMO_RATES = Path(minzheng.__file__).parent / "demo" / "rates.yaml"
ON = dt.date(2025, 12, 1)
MOVES = ("enter", "leave", "gain", "lose", "unchanged", "never", "error")


@pytest.fixture(scope="module")
def laws() -> dict[str, Law]:
    return laws_on_disk([DEMO_RATES])


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_small(tmp_path_factory.mktemp("population"))


def changed(laws, *texts: str, area: str = "990101101"):
    return with_settings(laws, [read_setting(text) for text in texts], ON, area)


def outcome(folder, laws, after, **options):
    with simulated(open_population(folder), laws, after, ON, **options) as found:
        return found.summary, {line.id: line for line in found.lines()}


@pytest.mark.parametrize("engine", ["python", "duckdb"])
def test_the_worked_example(folder, laws, engine):
    after = changed(laws, "dibao.standard=700", "dibao.elderly=0.25")
    summary, lines = outcome(folder, laws, after, engine=engine)
    amounts = {ident: (line.before, line.after, line.move) for ident, line in lines.items()}
    assert amounts == {
        "A": (70800, 127500, "gain"),
        "B": (0, 20000, "enter"),
        "C": (88800, 157000, "gain"),
        "D": (0, 0, "never"),
        "E": (None, None, "error"),
    }
    total = summary.total
    assert (total.parties, total.people) == (5, 8)
    assert [getattr(total, move) for move in MOVES] == [1, 0, 2, 0, 0, 1, 1]
    assert (total.people_before, total.people_after) == (5, 6)
    assert (total.month_before, total.month_after, total.year_more) == (159600, 304500, 1738800)
    assert {code: one.month_more for code, one in summary.by_area.items()} == {LIUZHUANG: 76700, HEWAN: 68200}
    assert [(one.side, one.code, one.parties) for one in summary.failures] == [("both", "missing:no_car:cars", 1)]
    assert (summary.before.gini, summary.after.gini) == (Fraction(51216, 422016), Fraction(57960, 561120))
    for side in (summary.before, summary.after):
        assert (side.poor, side.headcount, side.gap, side.p1) == (1, Fraction(1, 8), 8000, Fraction(1, 48))


def test_the_document_says_what_the_example_gives(folder, laws):
    after = changed(laws, "dibao.standard=700", "dibao.elderly=0.25")
    summary, _ = outcome(folder, laws, after)
    text = (Path(__file__).parents[2] / "docs/algorithms/simulation.md").read_text(encoding="utf-8")
    before, then = summary.before.as_dict(), summary.after.as_dict()
    for figure in (before["gini"], then["gini"], before["headcount"], before["p1"], before["poverty_gap"]):
        assert figure in text
    for fen in (70800, 88800, 127500, 157000, 20000, 159600, 304500):
        assert f"{fen // 100:,}" in text


def test_nothing_changes_without_a_change(folder, laws):
    summary, lines = outcome(folder, laws, dict(laws))
    assert summary.changes == []
    assert {line.move for line in lines.values()} == {"unchanged", "never", "error"}
    assert summary.total.year_more == 0
    assert summary.before == summary.after


def test_a_lower_standard_takes_away(folder, laws):
    summary, lines = outcome(folder, laws, changed(laws, "dibao.standard=180"))
    assert lines["A"].move == "lose"
    assert lines["C"].move == "leave"
    assert summary.total.month_more < 0
    assert lines["C"].unmet == "low_income"


def test_the_poverty_line_is_that_before_the_change(folder, laws):
    summary, _ = outcome(folder, laws, changed(laws, "dibao.standard=1000"))
    assert summary.after.gap == 8000  # E has 400 a month; measured by the new standard it would be 600


def test_a_column_of_the_population_does_not_hide_the_change(tmp_path, laws):
    own = {"type": "decimal(14,2)", "A": 500, "B": 500, "C": 500, "D": 500, "E": 500}
    folder = write_small(tmp_path, standard=own)
    _, lines = outcome(folder, laws, changed(laws, "dibao.standard=700"))
    assert lines["A"].before == 100000 - 30000 + 5000
    assert lines["A"].after == 140000 - 30000 + 7000


def test_awards_in_force_stand_beside_the_baseline(tmp_path, laws):
    folder = write_small(tmp_path, awarded={"type": "decimal(14,2)", "A": 708, "C": 800, "D": 5})
    summary, _ = outcome(folder, laws, changed(laws, "dibao.standard=700"))
    [check] = summary.against_awards
    assert (check.same, check.differ, check.without) == (1, 2, 0)
    assert (check.awarded, check.simulated) == (151300, 159600)


def test_another_policy_takes_the_place_of_the_one_in_force(tmp_path, folder, laws, policies):
    text = (policies / "dibao/policy.yaml").read_text(encoding="utf-8")
    other = tmp_path / "policy.yaml"
    other.write_text(
        text.replace("ceil(difference + supplements, yuan)", "ceil(max(difference, supplements), yuan)"),
        encoding="utf-8",
    )
    summary, lines = outcome(folder, laws, with_policy(laws, "dibao", other))
    assert [one.name for one in summary.changes] == ["policy"]
    assert (lines["A"].after, lines["A"].move) == (66000, "lose")


def test_a_rates_file_changes_what_it_names(folder, laws):
    overlay = rates_in("dibao: {minor: [{area: '99', from: 2025-01-01, value: 0.5}]}", "x.yaml", None)
    summary, lines = outcome(folder, laws, with_rates(laws, overlay))
    assert [(one.name, one.before, one.after) for one in summary.changes] == [("minor", ("99: 0.1",), ("99: 0.5",))]
    assert lines["C"].after - lines["C"].before == 19200
    same = with_rates(laws, rates_in("minor: [{area: '99', from: 2025-01-01, value: 0.5}]", "x.yaml", "dibao"))
    assert outcome(folder, laws, same)[0].total == summary.total


def test_a_rate_that_holds_nowhere_is_set_everywhere(folder, laws):
    bare = laws | {"dibao": Law(laws["dibao"].policy, laws_on_disk()["dibao"].rates)}
    numbers = (
        "standard=480 old_from=70 elderly=0.1 minor=0.1 severe_disability=0.2 illness=0.3 asset_months=24"
        " cars_allowed=0 houses_allowed=1 single_illness=1 single_disabled=0.65"
    )
    summary, lines = outcome(folder, bare, changed(bare, *(f"dibao.{one}" for one in numbers.split())))
    assert lines["A"].after == 70800
    assert {one.side for one in summary.failures} == {"before", "both"}
    assert summary.total.year_before == 0  # who cannot be compared is in no cost
    assert sum(one.year for one in summary.failures) == (70800 + 88800) * 12


def test_the_workbook_has_its_sheets_and_rows(folder, laws):
    with simulated(open_population(folder), laws, changed(laws, "dibao.standard=700"), ON) as found:
        book = CalamineWorkbook.from_filelike(BytesIO(workbook(found, "en")))
    sheets = ["Summary", "By area", "By programme", "Enter", "Leave", "Gain", "Lose", "In error"]
    assert book.sheet_names == sheets
    gains = book.get_sheet_by_name("Gain").to_python()
    assert {(row[1], row[6], row[7]) for row in gains[3:]} == {("A", 708, 1170), ("C", 888, 1570)}
    areas = book.get_sheet_by_name("By area").to_python()
    assert [row[0] for row in areas[3:]] == ["柳庄村", "河湾村", "Total"]


def test_json_can_be_written(folder, laws):
    summary, _ = outcome(folder, laws, changed(laws, "dibao.standard=700"))
    assert json.loads(json.dumps(summary.as_dict()))["total"]["month_before"] == "1596.00"


# ---- what is refused


@pytest.mark.parametrize(
    ("setting", "code", "says"),
    [
        ("dibao.standrd=700", "simulation.rate", "Did you mean standard?"),
        ("dibo.standard=700", "simulation.programme", "Did you mean dibao?"),
        ("old_age_allowance.bands=1", "simulation.table", "table"),
        ("dibao.standard=many", "policy.bad_value", "an amount in yuan"),
        ("dibao.elderly=9", "policy.rate_bounds", "2"),
        ("dibao.standard=700.005", "policy.bad_value", "two decimals"),
        ("dibao.standard", "simulation.setting", "programme.rate=value"),
        ("standard=7", "simulation.setting", "programme.rate=value"),
    ],
)
def test_a_setting_that_cannot_be(laws, setting, code, says):
    with pytest.raises(Refused) as refused:
        changed(laws, setting)
    assert refused.value.code == code
    assert says in refused.value.text("en")


def test_a_rate_set_twice(laws):
    with pytest.raises(Refused) as refused:
        changed(laws, "dibao.standard=1", "dibao.standard=2")
    assert refused.value.code == "simulation.twice"


def test_a_day_without_a_version(laws):
    with pytest.raises(PolicyError, match="2021-07-01"):
        with_settings(laws, [read_setting("dibao.standard=1")], dt.date(1999, 1, 1))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("standard: [{from: 2025-01-01, value: 1}]", "simulation.whose_rates"),
        ("", "simulation.no_rates"),
        ("- 1", "simulation.no_rates"),
        ("dibao: {standard: [{from: 2025-01-01, vlue: 1}]}", "policy.unknown_key"),
        ("dibao: 7", "policy.wrong_form"),
        ("dibao: {", "policy.yaml"),
    ],
)
def test_a_rates_file_that_cannot_be_read(text, code):
    with pytest.raises(Refused) as refused:
        rates_in(text, "x.yaml", None)
    assert refused.value.code == code


def test_a_rates_file_for_nobody(laws):
    with pytest.raises(Refused) as refused:
        with_rates(laws, rates_in("dibao: {standrd: [{from: 2025-01-01, value: 1}]}", "x.yaml", None))
    assert refused.value.code == "simulation.rate"


def test_a_folder_that_is_no_population(tmp_path):
    for place in (tmp_path / "missing", tmp_path):
        with pytest.raises(Refused) as refused:
            open_population(place)
        assert refused.value.code == "simulation.no_population"
        assert "minzheng snapshot" in refused.value.text("zh-Hans")
    write_table(tmp_path / "families.parquet", FAMILY_COLUMNS, [])
    with pytest.raises(Refused, match="facts.parquet"):
        open_population(tmp_path)


def test_an_empty_population(tmp_path):
    write_small(tmp_path, [])
    with pytest.raises(Refused) as refused:
        open_population(tmp_path)
    assert refused.value.code == "simulation.empty"


def test_a_file_that_is_no_parquet_a_column_that_lacks_and_an_id_twice(tmp_path):
    (write_small(tmp_path / "a") / "dibao/facts.parquet").write_text("id,area\n")
    with pytest.raises(Refused) as refused:
        open_population(tmp_path / "a")
    assert refused.value.code == "simulation.unreadable"
    write_table(write_small(tmp_path / "b") / "families.parquet", {"id": "varchar"}, [("A",)])
    with pytest.raises(Refused, match="area, residence, people, annual_income"):
        open_population(tmp_path / "b")
    twice = [("A", LIUZHUANG, "rural", 1, 1), ("A", LIUZHUANG, "rural", 1, 1)]
    write_table(write_small(tmp_path / "c") / "families.parquet", FAMILY_COLUMNS, twice)
    with pytest.raises(Refused) as refused:
        open_population(tmp_path / "c")
    assert refused.value.code == "simulation.id_twice"


def test_a_programme_that_the_population_does_not_have(folder, laws):
    with pytest.raises(Refused) as refused:
        outcome(folder, laws, changed(laws, "tekun.income_line=700"))
    assert refused.value.code == "simulation.not_in_population"
    with pytest.raises(Refused):
        outcome(folder, laws, dict(laws), programmes=["tekun"])


# ---- what holds for every population

PEOPLE = st.lists(st.integers(0, 95), min_size=1, max_size=5)
AREAS = st.sampled_from([LIUZHUANG, HEWAN, "990101101999"])
FAMILY = st.tuples(AREAS, st.integers(0, 40_000), PEOPLE, st.sampled_from([0, 0, 0, 1, None]))


@settings(max_examples=15, deadline=None)
@given(families=st.lists(FAMILY, min_size=1, max_size=12), standard=st.integers(100, 999))
def test_every_party_is_in_one_group_and_areas_add_up(tmp_path_factory, families, standard):
    laws = laws_on_disk([DEMO_RATES])
    numbered = [(f"h{i}", area, yuan, ages, cars) for i, (area, yuan, ages, cars) in enumerate(families)]
    folder = write_small(tmp_path_factory.mktemp("any"), numbered)
    summary, lines = outcome(folder, laws, changed(laws, f"dibao.standard={standard}"), engine="python")
    for one in (summary.total, *summary.by_area.values(), *summary.by_programme.values()):
        assert sum(getattr(one, move) for move in MOVES) == one.parties
    for name in summary.total.__dataclass_fields__:
        assert sum(getattr(one, name) for one in summary.by_area.values()) == getattr(summary.total, name)
    compared = [line for line in lines.values() if line.move != "error"]
    assert summary.total.year_after == sum(12 * (line.after or 0) for line in compared)
    for side in ("before", "after"):
        heads = [
            Fraction(yuan * 100 + 12 * (getattr(lines[i], side) or 0), 12 * len(ages))
            for i, _, yuan, ages, _ in numbered
            for _ in ages
        ]
        by_definition(getattr(summary, side), heads, 48_000)


def by_definition(found, heads: list[Fraction], line: int) -> None:
    """Every pair of people compared, every poor one measured."""
    assert found.people == len(heads)
    if sum(heads):
        apart = sum(abs(one - other) for one in heads for other in heads)
        assert found.gini == Fraction(apart) / (2 * len(heads) * sum(heads))
    else:
        assert found.gini is None
    gaps = [line - one for one in heads if one < line]
    assert (found.poor, found.gap_twelfths) == (len(gaps), 12 * sum(gaps))
    assert found.p1 == sum(gaps, Fraction(0)) / line / len(heads)


def test_the_families_of_the_example_are_those_of_the_document():
    assert [ident for ident, *_ in FAMILIES] == list("ABCDE")
