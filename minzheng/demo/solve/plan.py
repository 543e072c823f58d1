"""All lines of a year at once: what the generator lives through."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minzheng.demo.figures import Figures
from minzheng.demo.solve.conscripts import solve_conscripts
from minzheng.demo.solve.dibao import Family, Mix, solve_dibao
from minzheng.demo.solve.festival import solve_parcels
from minzheng.demo.solve.gifts import solve_gifts
from minzheng.demo.solve.lines import Path
from minzheng.demo.solve.medical import Settlement, solve_medical
from minzheng.demo.solve.old_age import solve_old_age
from minzheng.demo.solve.retrenched import solve_retrenched
from minzheng.demo.solve.special_care import solve_special_care
from minzheng.demo.solve.tekun import solve_dispersed
from minzheng.demo.solve.temporary import solve_temporary

if TYPE_CHECKING:
    from minzheng.demo.tariffs import Tariffs

TRAITS = Mix(traits=(("", 9), ("elderly", 6), ("severe_disability", 3), ("major_illness", 2), ("minor", 2)))


@dataclass(frozen=True)
class YearPlan:
    """Who gets what in the year, line by line."""

    dibao: list[Family]
    old_age: list[Path]
    dispersed: list[Path]
    special_care: list[Path]
    conscripts: list[Path]
    retrenched: list[Path]
    temporary: list[int]
    parcels: list[Path]
    medical: list[Settlement]
    gifts: dict[str, int]


def solve_year(figures: Figures, tariffs: "Tariffs", *, seed: int = 1) -> YearPlan:
    """Solve every line. Refuses the first one that does not add up, saying why."""
    return YearPlan(
        dibao=solve_dibao(figures.dibao, tariffs.dibao, TRAITS, seed=seed),
        old_age=solve_old_age(figures.old_age, tariffs.old_age),
        dispersed=solve_dispersed(figures.dispersed, tariffs.dispersed),
        special_care=solve_special_care(figures.special_care, tariffs.special_care),
        conscripts=solve_conscripts(figures.conscripts, tariffs.conscript_year, tariffs.honours),
        retrenched=solve_retrenched(figures.retrenched),
        temporary=solve_temporary(figures.temporary_cash, *tariffs.temporary),
        parcels=solve_parcels(figures.festival_goods, tariffs.parcels),
        medical=solve_medical(figures.medical, tariffs.medical_ceiling),
        gifts=solve_gifts(
            figures.army_day_gifts,
            tariffs.gifts,
            {"special_care": figures.special_care.number, "conscript_family": figures.conscripts.number},
        ),
    )
