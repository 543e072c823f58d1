"""Every scenario file goes as it says: nothing refused that it does not expect, everything as it expects."""

from pathlib import Path

import pytest

from minzheng.scenario.play import Play
from minzheng.scenario.reader import load
from minzheng.scenario.result import result

FILES = sorted(Path(__file__).parent.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_goes_as_it_says(path, place):
    scenario = load(path)
    with place.fresh() as office:
        play = Play(scenario, office)
        play.run()
        assert [error.text("en") for error in play.unmet] == []
        assert result(play).until == scenario.last.isoformat()
