"""Samples: drawn by rule, drawn again by anybody, and what they found is put right."""

import datetime as dt
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.awards import actions
from minzheng.awards.reviews import rounds, samples
from minzheng.core import documents
from minzheng.core.errors import Refused
from minzheng.core.models import Task
from tests.awards.conftest import VILLAGE, day

TOWN = VILLAGE[:9]
lists = st.lists(st.integers(1, 10**9), max_size=60)


def by_hand(awards, seed, share):
    """As docs/algorithms/sampling.md says it, step by step."""
    marks = {hashlib.sha256(f"{seed}:{award}".encode()).hexdigest(): award for award in awards}
    wanted = len(marks) * share / 10_000
    size = int(wanted) + (wanted > int(wanted))
    return sorted(marks[mark] for mark in sorted(marks)[:size])


def test_the_worked_example_of_the_documentation():
    assert samples.draw(range(1, 11), "2025-1", 3000) == by_hand(range(1, 11), "2025-1", 3000) == [5, 6, 8]


@given(lists, st.text(max_size=8), st.integers(1, 10_000))
def test_a_draw_depends_on_seed_and_list_alone(awards, seed, share):
    drawn = samples.draw(awards, seed, share)
    assert drawn == samples.draw(reversed(awards), seed, share) == by_hand(set(awards), seed, share)
    assert set(drawn) <= set(awards)
    assert samples.draw(awards, seed, 10_000) == sorted(set(awards))


@given(lists, st.text(max_size=8), st.integers(1, 9_999), st.integers(1, 9_999))
def test_a_larger_share_only_adds(awards, seed, one, other):
    small, large = sorted((one, other))
    assert set(samples.draw(awards, seed, small)) <= set(samples.draw(awards, seed, large))


@pytest.fixture
def sample(village):
    for place in range(25):
        person = village.person(name=f"甲{place}", born=dt.date(1940, 1, 5))
        actions.grant(by=village.approver, decision=village.decide("old_age_allowance", person, first=day(3)))
    (review,) = rounds.open_rounds(
        by=village.users["reviewer"], programme="old_age_allowance", kind="sample", area="990101", seed="摇号 0618"
    )
    return review


def test_a_sample_keeps_what_it_was_drawn_from_and_can_be_drawn_again(sample):
    assert (sample.seed, sample.share, sample.population) == ("摇号 0618", 500, 25)
    text = documents.content(sample.list_document)
    assert hashlib.sha256(text).hexdigest() == sample.list_sha256
    assert sample.lines.count() == 2  # five of a hundred of 25, rounded up
    assert samples.drawn_again(sample)
    sample.seed = "another"
    assert not samples.drawn_again(sample)


def test_a_sample_without_a_seed_draws_one_and_a_township_draws_none(village):
    person = village.person(name="甲", born=dt.date(1940, 1, 5))
    actions.grant(by=village.approver, decision=village.decide("old_age_allowance", person, first=day(3)))
    asked = {"programme": "old_age_allowance", "kind": "sample", "area": TOWN}
    with pytest.raises(Refused, match=r"access\.forbidden"):
        rounds.open_rounds(by=village.handler, **asked)
    (review,) = rounds.open_rounds(by=village.users["reviewer"], **asked)
    assert len(review.seed) == 16
    assert samples.drawn_again(review)
    with pytest.raises(Refused, match=r"review\.opened_before"):
        rounds.open_rounds(by=village.users["reviewer"], **asked, seed="better luck")


def test_a_finding_stands_on_the_work_list_until_it_is_put_right(village, sample):
    line = sample.lines.select_related("round").first()
    reviewer = village.users["reviewer"]
    finding = samples.record_finding(by=reviewer, line=line, found="档案缺照片", remedy="补拍入户照片")
    task = Task.objects.get(kind="reviews.rectify")
    assert (finding.due_on, task.due_on, task.permission) == (day(4, 2), day(4, 2), "reviews.rectify")
    assert ("30日内整改" in task.rule, task.who) == (True, line.who)
    with pytest.raises(Refused, match=r"access\.forbidden"):
        samples.rectify(by=reviewer, finding=finding, how="已补")
    with pytest.raises(Refused, match=r"review\.needs_words"):
        samples.rectify(by=village.handler, finding=finding, how=" ")
    done = samples.rectify(by=village.handler, finding=finding, how="已补拍并归档")
    assert samples.rectify(by=village.handler, finding=finding, how="再来一次").how == "已补拍并归档"
    assert (done.rectified_on, done.rectified_by) == (day(3, 3), village.handler)
    task.refresh_from_db()
    assert task.done_on == day(3, 3)


def test_a_finding_needs_words_and_a_day_that_is_not_over(village, sample):
    line = sample.lines.select_related("round").first()
    given_by = {"by": village.handler, "line": line}
    with pytest.raises(Refused, match=r"review\.needs_words"):
        samples.record_finding(**given_by, found="", remedy="补")
    with pytest.raises(Refused, match=r"review\.rectify_day"):
        samples.record_finding(**given_by, found="缺", remedy="补", due_on=day(3, 2))
