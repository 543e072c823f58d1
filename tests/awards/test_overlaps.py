"""What excludes what is a file, and the database knows it."""

import pytest

from minzheng.awards import overlaps
from minzheng.awards.models import Overlap
from minzheng.core.errors import Refused


def test_the_file_that_is_shipped_names_known_programmes_and_its_sources(policies):
    pairs = overlaps.load()
    assert pairs
    for pair in pairs:
        assert (policies / pair.first / "policy.yaml").is_file() and (policies / pair.second / "policy.yaml").is_file()
        assert pair.first < pair.second and pair.source


def test_the_database_has_it_after_migrating(db):
    assert set(Overlap.objects.values_list("first", "second")) == {(one.first, one.second) for one in overlaps.load()}


def test_storing_brings_the_table_up_to_date(db, tmp_path):
    file = tmp_path / "overlaps.yaml"
    file.write_text("overlaps:\n  - {programmes: [tekun, dibao], source: 国发〔2016〕14号, note: {zh-Hans: 不同享}}\n")
    assert overlaps.store(path=file) == 1
    assert list(Overlap.objects.values_list("first", "second", "source")) == [("dibao", "tekun", "国发〔2016〕14号")]


@pytest.mark.parametrize(
    "entry", ["{programmes: [dibao], source: x}", "{programmes: [dibao, tekun]}", "{source: x}", "dibao"]
)
def test_an_entry_that_is_no_pair_is_refused(tmp_path, entry):
    file = tmp_path / "overlaps.yaml"
    file.write_text(f"- {entry}\n")
    with pytest.raises(Refused, match="overlaps.broken"):
        overlaps.load(file)
