"""No policy, rates, facts or cases file does anything but load or be refused at a place, soon and in little memory."""

import random
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from minzheng.policy import PolicyError, load_policy, load_rates, parse_policy, parse_rates
from minzheng.policy.cases import parse_cases
from minzheng.policy.rates import load_overlay
from minzheng.policy.source import LARGEST, parse
from minzheng.policy.vocabulary import load_vocabulary, parse_vocabulary
from tests.property.spoiler import misplaced, spoilt, spoilt_bytes

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
CODES = sorted(path.parent.name for path in POLICIES.glob("*/policy.yaml"))
FACTS = (POLICIES / "facts.yaml").read_text(encoding="utf-8")
VOCABULARY = parse_vocabulary(FACTS, "facts.yaml")
TEXTS = {
    kind: {code: (POLICIES / code / f"{kind}.yaml").read_text(encoding="utf-8") for code in CODES}
    for kind in ("policy", "rates")
}
LAWS = {code: load_policy(POLICIES / code / "policy.yaml", POLICIES / "facts.yaml") for code in CODES}
CASES = sorted(POLICIES.glob("*/cases/*.yaml"))
QUICK = settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
LONG = settings(QUICK, max_examples=1000)
SEEDS = st.integers(0, 2**32)


def refused_or_done(work, *arguments, limit=5.0):
    """Whether it was refused; fails on any other exception, on a refusal without words, and on one that takes long."""
    start = time.monotonic()
    try:
        work(*arguments)
        return False
    except PolicyError as error:
        assert error.file and error.text("zh-Hans") and error.text("en")
        assert len(str(error)) < 6000 and str(error).isprintable()
        return True
    finally:
        assert time.monotonic() - start < limit


def policy_and_rates(seed):
    chance = random.Random(seed)
    code = chance.choice(CODES)
    most = chance.choice((1, 2, 6))
    refused_or_done(parse_policy, spoilt(TEXTS["policy"][code], chance, most), "policy.yaml", VOCABULARY)
    refused_or_done(parse_policy, misplaced(TEXTS["policy"][code], chance), "policy.yaml")

    def rates(text):
        law, found = LAWS[code], parse_rates(text, "rates.yaml")
        for day in found.dates():
            if day >= law.versions[0].starts_on:
                found.bind(law.version_on(day), day)

    for text in (spoilt(TEXTS["rates"][code], chance, most), misplaced(TEXTS["rates"][code], chance)):
        refused_or_done(rates, text)
    for text in (spoilt(FACTS, chance, most), misplaced(FACTS, chance)):
        refused_or_done(parse_vocabulary, text, "facts.yaml")


def bytes_on_disk(folder, seed):
    chance = random.Random(seed)
    code = chance.choice(CODES)
    for text, load in (
        (TEXTS["policy"][code], load_policy),
        (TEXTS["rates"][code], load_rates),
        (FACTS, load_vocabulary),
        ((ROOT / "minzheng" / "demo" / "rates.yaml").read_text(encoding="utf-8"), load_overlay),
    ):
        path = folder / "spoilt.yaml"
        path.write_bytes(spoilt_bytes(text.encode(), chance))
        refused_or_done(load, path)


def worked_cases(folder, seed):
    chance = random.Random(seed)
    original = chance.choice(CASES)
    path = folder / "case.yaml"
    text = original.read_text(encoding="utf-8")
    text = spoilt(text, chance, 2) if chance.random() < 0.5 else misplaced(text, chance)
    path.write_text(text, encoding="utf-8", errors="replace")
    refused_or_done(parse_cases, path, LAWS[original.parents[1].name])


@QUICK
@given(seed=SEEDS)
def test_spoilt_texts(seed):
    policy_and_rates(seed)


@QUICK
@given(seed=SEEDS)
def test_spoilt_bytes(tmp_path_factory, seed):
    bytes_on_disk(tmp_path_factory.getbasetemp(), seed)


@QUICK
@given(seed=SEEDS)
def test_spoilt_cases(tmp_path_factory, seed):
    worked_cases(tmp_path_factory.getbasetemp(), seed)


@pytest.mark.slow
@LONG
@given(seed=SEEDS)
def test_spoilt_files_for_long(tmp_path_factory, seed):
    policy_and_rates(seed)
    bytes_on_disk(tmp_path_factory.getbasetemp(), seed)
    worked_cases(tmp_path_factory.getbasetemp(), seed)


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
HARD = {
    "laughs": (LAUGHS, "too_large"),
    "a circle of anchors": ("a: &a [*a]", "too_deep"),
    "a circle of mappings": ("a: &a {b: *a}", "too_deep"),
    "100,000 brackets": ("[" * 100_000, "too_deep"),
    "100,000 braces": ("{a: " * 100_000, "too_deep"),
    "100,000 indents": ("\n".join(" " * n + "a:" for n in range(3000)), "too_deep"),
    "a line of 9 MB": ("a: " + "x" * 9_000_000, "too_large"),
    "half a million keys": ("\n".join(f"k{n}: 1" for n in range(500_000)), "too_large"),
    "a tag": ("a: !!python/object/apply:os.system ['true']", "yaml"),
    "a merge key": ("a: &a {b: 1}\nc: {<<: *a}", "yaml"),
    "a list for a key": ("? [a]\n: b", "yaml"),
    "a key twice": ("a: 1\na: 2", "duplicate_key"),
    "two documents": ("a: 1\n---\nb: 2", "yaml"),
    "an unknown alias": ("a: *b", "yaml"),
    "NUL": ("a: \0", "yaml"),
    "a lone surrogate": ("a: \ud800", "yaml"),
    "an escape sequence": ("a: \x1b[31m", "yaml"),
}


@pytest.mark.parametrize(("text", "code"), list(HARD.values()), ids=list(HARD))
def test_what_would_exhaust_a_reader(text, code):
    assert len(text) < LARGEST * 1.2
    tracemalloc.start()
    start = time.monotonic()
    with pytest.raises(PolicyError) as caught:
        parse(text, "x.yaml")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.code == f"policy.{code}"
    assert time.monotonic() - start < 60 and most < 400_000_000


def test_a_mark_at_the_start_of_a_file_is_read_over(tmp_path):
    path = tmp_path / "facts.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + FACTS.encode())
    assert load_vocabulary(path).keys() == VOCABULARY.keys()


@pytest.mark.parametrize("content", [b"\xff\xfe", "a: 低保".encode("gb18030"), b"\x80" * 10])
def test_what_is_not_utf8_names_the_line(tmp_path, content):
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"programme: p\n" + content)
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    assert caught.value.code == "policy.not_utf8" and caught.value.line == 2


def test_a_folder_is_no_file(tmp_path):
    for load in (load_policy, load_rates, load_vocabulary, load_overlay):
        with pytest.raises(PolicyError) as caught:
            load(tmp_path)
        assert caught.value.code == "policy.unreadable"
