"""The live population: who is in it, what the files hold, that reading writes nothing, that the baseline is what awards
in force say."""

import datetime as dt
import hashlib

import duckdb
import pytest
from django.db import DatabaseError, connection, connections

from minzheng.access.scope import EVERYWHERE, acting, scope
from minzheng.awards.models import Award
from minzheng.core.errors import Refused
from minzheng.core.reading import read_only
from minzheng.people import actions as people
from minzheng.people.models import Household, Person
from minzheng.planning import simulation
from minzheng.planning.population import write_population
from minzheng.policy.simulation import open_population, read_setting, with_settings
from tests.web.town import TOWN, Town

ON = dt.date(2025, 3, 1)


@pytest.fixture
def town(users):
    return Town(users)


@pytest.fixture
def granted(town) -> list[Household]:
    """Three families: two with the allowance, one that was found too well off."""
    homes = [town.family("赵甲", "钱乙", "孙丙"), town.family("周丁"), town.family("吴戊", village="990101101202")]
    for home, income in zip(homes[:2], (2400, 1200), strict=True):
        town.granted(home, income)
    town.on(3, 3)
    town.means(homes[2], 6000)
    return homes


def rows(folder, name: str) -> dict[str, tuple]:
    relation = duckdb.read_parquet(str(folder / name))
    return {row[0]: dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()}


def simulated(area=TOWN, *settings: str, **options):
    before = simulation.stored_laws()
    after = with_settings(before, [read_setting(one) for one in settings], ON, area)
    return simulation.simulated_live(after, before=before, area=area, on=ON, **options)


def test_the_folder_holds_families_facts_and_members(granted, tmp_path):
    with scope([EVERYWHERE]), read_only():
        written = write_population(tmp_path, area=TOWN, on=ON)
    assert written.families == 3
    assert written.parties["dibao"] == 2
    families = rows(tmp_path, "families.parquet")
    first = families[f"h{granted[0].pk}"]
    assert (first["people"], str(first["annual_income"]), first["residence"]) == (3, "2400.00", "rural")
    facts = rows(tmp_path, "dibao/facts.parquet")
    assert facts[f"h{granted[0].pk}"]["cars"] == 0
    assert facts[f"h{granted[0].pk}"]["awarded"] > 0
    members = duckdb.read_parquet(str(tmp_path / "dibao/members.parquet"))
    assert sorted(members.project("age").fetchall()) == [(11,), (69,), (72,), (72,)]


def test_the_day_decides_what_is_known(granted, tmp_path):
    with scope([EVERYWHERE]), read_only():
        write_population(tmp_path, area=TOWN, on=dt.date(2025, 3, 3))
    facts = rows(tmp_path, "dibao/facts.parquet")
    assert facts[f"h{granted[2].pk}"]["awarded"] is None  # recorded on the third: a candidate from then on


def test_a_snapshot_names_nobody(granted, tmp_path):
    with scope([EVERYWHERE]):
        simulation.snapshot(tmp_path / "out", area=TOWN, on=ON)
        again = simulation.snapshot(tmp_path / "again", area=TOWN, on=ON)
    assert again.families == 3
    facts = rows(tmp_path / "out", "dibao/facts.parquet")
    assert set(facts) == set(rows(tmp_path / "again", "dibao/facts.parquet"))
    assert {row["family"] for row in facts.values()} <= set(rows(tmp_path / "out", "families.parquet"))
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*.parquet"))
    for home in granted:
        assert home.number.encode() not in everything
        assert f"h{home.pk}" not in facts
    with scope([EVERYWHERE]):
        names = list(Person.objects.values_list("name", flat=True))
    assert not any(name.encode() in everything for name in names)
    assert open_population(tmp_path / "out").area == TOWN


def test_a_folder_that_holds_something_is_refused(granted, tmp_path):
    (tmp_path / "x").write_text("x")
    with scope([EVERYWHERE]), pytest.raises(Refused) as refused:
        simulation.snapshot(tmp_path, area=TOWN, on=ON)
    assert refused.value.code == "simulation.folder"


def test_the_baseline_is_what_the_awards_in_force_say(granted):
    with scope([EVERYWHERE]):
        with simulated(TOWN, "dibao.standard=700") as found:
            [check] = [one for one in found.summary.against_awards if one.programme == "dibao"]
            lines = {line.id: line for line in found.lines()}
        awarded = {f"h{award.household_id}": award for award in Award.objects.filter(programme="dibao")}
        assert (check.same, check.differ, check.without) == (2, 0, 0)
        for ident, award in awarded.items():
            assert lines[ident].before == award.amounts.get(superseded_at=None).amount
    assert {line.move for line in lines.values() if line.programme == "dibao"} == {"gain"}
    assert found.summary.total.gain == 2


def test_what_is_not_as_the_awards_say_is_shown(granted, town):
    town.on(3, 1)
    with scope([EVERYWHERE]):
        people.record_fact(
            by=town.users["handler"], name="annual_income", value=480_000, source="verified",
            valid_from=dt.date(2025, 3, 1), household=granted[0],
        )  # fmt: skip
        with simulated() as found:
            [check] = [one for one in found.summary.against_awards if one.programme == "dibao"]
    assert (check.same, check.differ) == (1, 1)
    assert check.simulated == check.awarded - 20_000


def test_both_engines_give_the_same(granted):
    summaries = []
    for engine in ("python", "duckdb"):
        with scope([EVERYWHERE]), simulated(TOWN, "dibao.standard=700", engine=engine) as found:
            summaries.append(found.summary)
    assert summaries[0] == summaries[1]


def test_who_lies_outside_the_scope_is_not_there(granted, users):
    with acting(users["village_worker"]), simulated("990101101") as found:
        assert found.summary.before.families == 2
        assert set(found.summary.by_area) == {"990101101201"}


def test_an_area_without_people_is_refused(users, law_stored):
    with scope([EVERYWHERE]), pytest.raises(Refused) as refused, simulated("990101102"):
        pass
    assert refused.value.code == "simulation.nobody"


def test_more_than_a_page_can_wait_for_is_refused(granted):
    with scope([EVERYWHERE]), pytest.raises(Refused) as refused, simulated(most=2):
        pass
    assert refused.value.code == "simulation.too_many"


def test_somebody_with_what_excludes_it_is_no_candidate(granted, town, users, tmp_path):
    """Whoever has the living allowance is no candidate for support in extreme difficulty."""
    with scope([EVERYWHERE]):
        head = granted[1].memberships.get().person
        other = granted[2].memberships.get().person
        for person in (head, other):
            people.record_fact(
                by=users["handler"], name="support_form", value="dispersed", source="declared",
                valid_from=ON, person=person,
            )  # fmt: skip
        with read_only():
            written = write_population(tmp_path, area=TOWN, on=ON)
    assert (written.parties["tekun"], written.excluded["tekun"]) == (1, 1)
    assert set(rows(tmp_path, "tekun/facts.parquet")) == {f"p{other.pk}"}


def test_the_number_of_questions_does_not_grow_with_the_people(granted, town, django_assert_max_num_queries):
    with scope([EVERYWHERE]):
        few = _questions()
        for number in range(6):
            home = town.family(f"郑{'甲乙丙丁戊己'[number]}", "王乙")
            town.means(home, 3000 + number)
        town.on(3, 4)
        assert _questions() <= few + 2


def _questions() -> int:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked, simulated(TOWN, "dibao.standard=700"):
        pass
    return len(asked)


# ---- nothing is written


def fingerprint() -> dict[str, str]:
    """Every row of every table, as a checksum by table."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"select coalesce(string_agg(t::text, chr(10) order by t::text), '') from \"{table}\" t")
            found[table] = hashlib.sha256(cursor.fetchone()[0].encode()).hexdigest()
        return found


def test_every_table_is_as_it_was(granted, tmp_path):
    with scope([EVERYWHERE]):
        before = fingerprint()
        with simulated(TOWN, "dibao.standard=700") as found:
            assert found.summary.total.gain == 2
            simulation.why(simulation.stored_laws()["dibao"], party=f"h{granted[0].pk}", area=TOWN, on=ON)
        simulation.snapshot(tmp_path / "out", area=TOWN, on=ON)
        after = fingerprint()
    assert len(before) > 20
    assert before == after


def test_a_write_while_reading_is_refused_by_the_database(granted):
    with scope([EVERYWHERE]):
        with pytest.raises(DatabaseError, match="read-only"), read_only():
            Household.objects.filter(pk=granted[0].pk).update(address="elsewhere")
        Household.objects.filter(pk=granted[0].pk).update(address="elsewhere")  # afterwards one may write again
        assert Household.objects.get(pk=granted[0].pk).address == "elsewhere"


def test_reading_by_itself_sees_one_moment(django_db_setup, django_db_blocker):
    settings = "select current_setting('transaction_isolation'), current_setting('transaction_read_only')"
    with django_db_blocker.unblock():
        with read_only(using="reader"), connections["reader"].cursor() as cursor:
            cursor.execute(settings)
            assert cursor.fetchone() == ("repeatable read", "on")
        with connections["reader"].cursor() as cursor:
            cursor.execute(settings)
            assert cursor.fetchone() == ("read committed", "off")


def test_why_somebody_would_get_what(granted):
    with scope([EVERYWHERE]):
        laws = simulation.stored_laws()
        after = with_settings(laws, [read_setting("dibao.standard=700")], ON, TOWN)
        found = simulation.why(after["dibao"], party=f"h{granted[0].pk}", area=TOWN, on=ON)
        assert found is not None
        with simulated(TOWN, "dibao.standard=700") as whole:
            lines = {line.id: line for line in whole.lines()}
        assert found.amount == lines[f"h{granted[0].pk}"].after
        assert simulation.why(after["dibao"], party="h0", area=TOWN, on=ON) is None


@pytest.fixture
def law_stored(db):
    from minzheng.policy import registry
    from tests.web.town import DEMO_RATES

    registry.store_files(DEMO_RATES)


def test_the_users_who_may(users):
    from minzheng.access import perms

    may = {role for role, user in users.items() if perms.may(user, "planning.simulate")}
    assert may == {"handler", "leader", "reviewer", "approver"}
