"""docs/scenarios.md: its examples are run, and it has one of every kind of event with every argument."""

import re
import textwrap
from pathlib import Path

import pytest

from minzheng.scenario.events import KINDS
from minzheng.scenario.play import Play
from minzheng.scenario.reader import parse

TEXT = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")


def _stories() -> dict[str, str]:
    """A scenario for each chapter that has examples: its pieces are one timeline."""
    found = {}
    for chapter in re.split(r"^## ", TEXT, flags=re.M)[1:]:
        title = chapter.splitlines()[0]
        pieces = re.findall(r"^```yaml\n(.*?)^```$", chapter, flags=re.M | re.S)
        if pieces and pieces[0].startswith("scenario:"):
            found[title] = pieces[0]
        elif pieces:
            found[title] = f"scenario: {title}\ntimeline:\n" + textwrap.indent("".join(pieces), "  ")
    return found


@pytest.mark.parametrize("title", _stories())
def test_an_example_goes_as_it_says(title, place):
    scenario = parse(_stories()[title], f"{title}.yaml")
    with place.fresh() as office:
        play = Play(scenario, office)
        play.run()
        assert [error.text("en") for error in play.unmet] == []


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_event_has_an_example_and_every_argument_a_mention(name):
    stories = "".join(_stories().values())
    assert re.search(rf"- {name}:", stories), f"docs/scenarios.md has no example of {name}"
    missing = [one for one in KINDS[name].forms if not re.search(rf"\b{one}\b", TEXT)]
    assert missing == []
