"""The shipped division codes: counts of the source, and the shape that every key range relies on."""

from collections import Counter

import pytest

from minzheng.areas.divisions import Division, division, iter_divisions, names_of


@pytest.fixture(scope="module")
def listed() -> list[Division]:
    return list(iter_divisions())


@pytest.fixture(scope="module")
def country(listed) -> dict[str, Division]:
    return {found.code: found for found in listed}


def test_counts_are_those_of_the_source(listed):
    assert Counter(found.level for found in listed) == {
        "province": 31,
        "prefecture": 342,
        "county": 2978,
        "township": 41352,
        "community": 620573,
    }


def test_no_code_occurs_twice(listed, country):
    assert len(listed) == len(country)


def test_every_parent_is_there_one_level_up_and_a_prefix(country):
    above = {"prefecture": "province", "county": "prefecture", "township": "county", "community": "township"}
    for found in country.values():
        if found.parent is None:
            assert found.level == "province"
        else:
            assert found.code.startswith(found.parent)
            assert country[found.parent].level == above[found.level]


def test_parents_come_before_their_children(listed):
    seen = set()
    for found in listed:
        assert found.parent is None or found.parent in seen
        seen.add(found.code)


def test_names_are_as_published(country):
    assert [country[code].name for code in ("11", "1101", "110101", "110101001", "110101001001")] == [
        "北京市",
        "市辖区",
        "东城区",
        "东华门街道",
        "多福巷社区居委会",
    ]
    assert all(found.name == found.name.strip() for found in country.values())


def test_codes_of_the_demo_are_free(country):
    assert not [code for code in country if code.startswith("99")]


def test_level_and_parent_follow_from_the_code():
    assert division("990101001002", "柳庄村") == Division("990101001002", "柳庄村", "community", "990101001")
    assert division("99", "某省").parent is None


@pytest.mark.parametrize("code", ["", "1", "110", "11010", "1101010010", "11010１", "11010a"])
def test_what_is_no_code_is_refused(code):
    with pytest.raises(ValueError, match="no division code"):
        division(code, "某地")


def test_a_division_needs_a_name():
    with pytest.raises(ValueError, match="no name"):
        division("11", "")


def test_names_by_code_are_those_of_the_list(country):
    wanted = ["11", "3417", "341702", "341702001", "341702001008"]
    assert names_of(wanted) == {code: country[code].name for code in wanted}


def test_a_code_that_is_not_shipped_has_no_name():
    assert names_of(["99", "*", "", "1", "341702,", "北京市"]) == {}
