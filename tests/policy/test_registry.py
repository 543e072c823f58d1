"""The law in force is read from the database, by content; a changed file takes its place and the old one stays."""

import shutil

import pytest

from minzheng.core.errors import Refused
from minzheng.policy import registry
from minzheng.policy.models import PolicyFile


@pytest.fixture
def copied(policies, tmp_path, monkeypatch):
    """A policies directory that the test may change."""
    root = tmp_path / "policies"
    shutil.copytree(policies, root)
    monkeypatch.setenv("MINZHENG_POLICIES", str(root))
    return root


def test_every_programme_is_stored_and_builds(db, copied):
    registry.store_files()
    assert [one.code for one in registry.programmes()] == list(registry._order())
    assert all(one.name["zh-Hans"] and one.department["zh-Hans"] for one in registry.programmes())


def test_storing_twice_stores_nothing_new(db, copied):
    assert registry.store_files() > 0
    assert registry.store_files() == 0


def test_a_changed_file_takes_its_place_and_the_old_content_stays(db, copied):
    registry.store_files()
    before = registry.programme("dibao").files["policy"]
    path = copied / "dibao" / "policy.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# read again\n", encoding="utf-8")
    assert registry.store_files() == 1
    after = registry.programme("dibao").files["policy"]
    assert after != before
    assert registry.file(before).in_force is False
    path.write_text(registry.file(before).content, encoding="utf-8")
    registry.store_files()
    assert registry.programme("dibao").files["policy"] == before
    assert PolicyFile.objects.filter(path="dibao/policy.yaml", in_force=True).count() == 1


def test_an_installation_adds_its_own_rates(db, copied, tmp_path):
    own = tmp_path / "own.yaml"
    rates = (copied / "old_age_allowance/rates.yaml").read_text(encoding="utf-8")
    own.write_text("old_age_allowance:\n  " + rates.replace("\n", "\n  "), encoding="utf-8")
    registry.store_files()
    alone = registry.programme("old_age_allowance").files["rates"]
    registry.store_files(extra_rates=own)
    assert set(alone) < set(registry.programme("old_age_allowance").files["rates"])


def test_a_broken_policy_is_refused_by_name_and_what_was_in_force_stays(db, copied):
    registry.store_files()
    path = copied / "dibao" / "policy.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("ceil(", "cell(", 1), encoding="utf-8")
    with pytest.raises(Refused, match=r"dibao/policy\.yaml"):
        registry.store_files()
    assert "ceil(" in registry.file(registry.programme("dibao").files["policy"]).content


def test_an_unknown_programme_is_refused(db):
    with pytest.raises(Refused, match="programme.unknown"):
        registry.programme("no_such")
