"""Identity numbers: what is accepted as typed, what is refused and why, what only warns."""

import datetime as dt

import pytest

from minzheng.core.errors import Refused
from minzheng.core.idnumber import WARNINGS, BadIdNumber, check, check_character, make, mask

# The worked example of GB 11643-1999, annex A.
EXAMPLE = "11010519491231002X"


def code_of(number: str, **options: object) -> str:
    with pytest.raises(BadIdNumber) as refused:
        check(number, **options)
    for language in ("zh-Hans", "en"):
        assert "{" not in refused.value.text(language)
    return refused.value.code


def test_the_example_of_the_standard():
    found = check(EXAMPLE)
    assert (found.normalised, found.birth_date, found.sex) == (EXAMPLE, dt.date(1949, 12, 31), "female")
    assert (found.division, found.warnings) == ("110105", ())


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X\u3000",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        "'11010519491231002X",
        "110105-19491231-002X",
        "\u202d11010519491231002X\u202c",
        "11010519491231002Х",  # Cyrillic
        "11010519491231002×",
    ],
)
def test_as_people_type_it(typed):
    assert check(typed).normalised == EXAMPLE


@pytest.mark.parametrize("typed", ["", "  ", "\u3000"])
def test_empty(typed):
    assert code_of(typed) == "id.empty"


def test_an_old_number_is_refused_with_a_remedy():
    assert code_of("110105491231002") == "id.old"
    with pytest.raises(Refused, match="do not convert it yourself"):
        check("110105491231002")


@pytest.mark.parametrize("typed", ["1.10105E+17", "1.1e+17", "110105194912310020.0"])
def test_what_a_spreadsheet_turned_into_a_number(typed):
    assert code_of(typed) == "id.spreadsheet"


def test_a_number_whose_last_digits_a_spreadsheet_lost():
    assert code_of("110105194912310000") == "id.spreadsheet"


@pytest.mark.parametrize("typed", ["1101051949123100", "1101051949123100 2", "11010519491231002X1", "某人"])
def test_wrong_length_says_how_long_it_is(typed):
    assert code_of(typed) == "id.length"


@pytest.mark.parametrize(
    "typed", ["1101051949123100ZX", "X1010519491231002X", "1101051949123l002X", "11010519491231002①"]
)
def test_wrong_characters_name_their_place(typed):
    assert code_of(typed) == "id.characters"


def test_the_place_of_a_wrong_character_is_said():
    with pytest.raises(BadIdNumber) as refused:
        check("1101051949123O002X")
    assert "Character 14 is “O”" in refused.value.text("en")
    assert "第 14 位" in refused.value.text()


@pytest.mark.parametrize("date", ["19490229", "19491301", "19490431", "00000000", "18591231", "19490001"])
def test_impossible_dates(date):
    body = f"110105{date}002"
    assert code_of(body + check_character(body)) == "id.date"


def test_a_wrong_check_character_is_refused_without_giving_the_right_one():
    assert code_of("110105194912310021") == "id.check"
    with pytest.raises(BadIdNumber) as refused:
        check("110105194912310021")
    told = refused.value.text("en") + refused.value.text("zh-Hans")
    assert "X" not in told
    assert "110105" not in told


def test_a_birth_after_today_is_refused_only_where_today_is_given():
    number = make("990101", dt.date(2025, 6, 2), 12)
    assert code_of(number, on=dt.date(2025, 6, 1)) == "id.future"
    assert check(number, on=dt.date(2025, 6, 2)) == check(number)


@pytest.mark.parametrize(
    ("division", "born", "warnings"),
    [
        ("110105", 1990, ()),
        ("110103", 1985, ()),  # Chongwen district, until 2010
        ("110103", 2010, ()),  # born in the year it ended
        ("110103", 2011, ("division_ended",)),
        ("110112", 1950, ()),  # Tongzhou district since 1997: an adult's number may be younger than its owner
        ("440401", 1970, ()),  # summary code of a prefecture's urban part
        ("110199", 1990, ("division_unknown",)),
        ("100000", 1990, ("division_unknown",)),
        ("990101", 1990, ("invented",)),
        ("911840", 1990, ("foreign_resident",)),
        ("810000", 1990, ()),  # residents of Hong Kong with a residence permit
    ],
)
def test_divisions_only_warn(division, born, warnings):
    assert check(make(division, dt.date(born, 5, 6), 21)).warnings == warnings


def test_every_warning_has_words_in_both_languages():
    assert all(set(text) == {"zh-Hans", "en"} for text in WARNINGS.values())


@pytest.mark.parametrize(
    ("division", "sequence"), [("99010", 1), ("09010１", 1), ("090101", 1), ("990101", 1000), ("990101", -1)]
)
def test_make_refuses_what_gives_no_number(division, sequence):
    with pytest.raises(ValueError, match="is no"):
        make(division, dt.date(1990, 1, 1), sequence)


def test_mask_shows_neither_county_nor_birth_date():
    assert mask(EXAMPLE) == "110***********002X"
    assert mask("110105491231002") == "110********1002"
    assert mask("1234567") == "*******"
