"""What if: a population under the law in force and under a changed one, compared. Pure: files in, figures out."""

from minzheng.policy.simulation.figures import MOVES, AgainstAwards, Failure, Line, Totals
from minzheng.policy.simulation.laws import (
    Change,
    Law,
    Setting,
    laws_on_disk,
    rates_in,
    read_rates,
    read_setting,
    with_policy,
    with_rates,
    with_settings,
)
from minzheng.policy.simulation.population import Population, open_population
from minzheng.policy.simulation.run import Simulation, Summary, simulated, wanted_programmes

__all__ = [
    "MOVES",
    "AgainstAwards",
    "Change",
    "Failure",
    "Law",
    "Line",
    "Population",
    "Setting",
    "Simulation",
    "Summary",
    "Totals",
    "laws_on_disk",
    "open_population",
    "rates_in",
    "read_rates",
    "read_setting",
    "simulated",
    "wanted_programmes",
    "with_policy",
    "with_rates",
    "with_settings",
]
