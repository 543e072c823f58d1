"""`policies/dibao` once more, as an OpenFisca country package: the same rules, the same rates, formulas in NumPy.

Written as OpenFisca's own packages are: parameters by name and date, one class per variable, formulas over whole
arrays. What would only slow it down is left out: no trace, and each place's rates are picked by name once for about
six thousand places, then by number for the households.
"""

from typing import Any

import numpy as np
from openfisca_core.entities import Entity, GroupEntity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from openfisca_core.variables.config import VALUE_TYPES

from minzheng.policy.rates import ANYWHERE, Rates

PERSON = Entity("person", "persons", "A member of a family", "")
HOUSEHOLD = GroupEntity(
    "household", "households", "A family that lives together", "", [{"key": "member", "plural": "members"}]
)
CONDITIONS = ("someone_covered", "low_income", "low_assets", "no_car", "one_home", "no_business")


class DisabilityKind(Enum):
    none = "none"
    visual = "visual"
    hearing = "hearing"
    speech = "speech"
    physical = "physical"
    intellectual = "intellectual"
    mental = "mental"
    multiple = "multiple"


def build_system(rates: Rates, *, double: bool) -> TaxBenefitSystem:
    """The country package; before it computes, `places` is to be set: the county and residence of each place by its
    number. double: 64-bit floats where OpenFisca has 32-bit ones; there is no switch, so its table of types is changed.
    """
    VALUE_TYPES[float]["dtype"] = np.float64 if double else np.float32
    system = TaxBenefitSystem([PERSON, HOUSEHOLD])
    system.parameters = ParameterNode("", data=_parameters(rates))
    system.add_variables(*VARIABLES)
    return system


def _parameters(rates: Rates) -> dict[str, Any]:
    """The rates file as OpenFisca's parameter tree: national, by province, or by county and residence."""
    tree: dict[str, Any] = {}
    for entry in rates.entries.values():
        branch, path = tree, [entry.rate, *([entry.area, entry.residence] if entry.area != ANYWHERE else [])]
        for name in filter(None, path):
            branch = branch.setdefault(name, {})
        branch.setdefault("values", {})[entry.since.isoformat()] = {"value": _number(str(entry.raw))}
    return tree


def _number(text: str) -> float:
    return float(text == "true") if text in ("true", "false") else float(text)


# ---- facts


class place(Variable):
    definition_period = DateUnit.MONTH
    value_type = int
    entity = HOUSEHOLD
    label = "Number of the place in the list of places"


class annual_income(Variable):
    definition_period = DateUnit.MONTH
    value_type = float
    entity = HOUSEHOLD


class financial_assets(Variable):
    definition_period = DateUnit.MONTH
    value_type = float
    entity = HOUSEHOLD


class cars(Variable):
    definition_period = DateUnit.MONTH
    value_type = int
    entity = HOUSEHOLD


class houses(Variable):
    definition_period = DateUnit.MONTH
    value_type = int
    entity = HOUSEHOLD


class business_registered(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = HOUSEHOLD


class age(Variable):
    definition_period = DateUnit.MONTH
    value_type = int
    entity = PERSON


class disability_grade(Variable):
    definition_period = DateUnit.MONTH
    value_type = int
    entity = PERSON


class disability_kind(Variable):
    definition_period = DateUnit.MONTH
    value_type = Enum
    possible_values = DisabilityKind
    default_value = DisabilityKind.none
    entity = PERSON


class serious_illness(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = PERSON


class covered(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = PERSON


class clergy_years(Variable):
    definition_period = DateUnit.MONTH
    value_type = int
    entity = PERSON


class working(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    default_value = True
    entity = PERSON


class own_annual_income(Variable):
    definition_period = DateUnit.MONTH
    value_type = float
    entity = PERSON


# ---- rates of the place: the name of the variable is the name of the rate


def _of_place(rate: str) -> type[Variable]:
    """Picked by name once for each place, then by the place's number for every household."""

    def formula(household: Any, period: Any, parameters: Any) -> Any:
        places = household.simulation.tax_benefit_system.places
        by_area = parameters(period)[rate]
        if rate == "standard":
            values = by_area[places["county"]][places["residence"]]
        else:
            values = by_area[places["county"].astype("U2")]
        return values[household("place", period)]

    return type(
        rate,
        (Variable,),
        {"definition_period": DateUnit.MONTH, "value_type": float, "entity": HOUSEHOLD, "formula": formula},
    )


BY_PLACE = ("standard", "asset_months", "old_from", "elderly", "minor", "severe_disability", "illness")


# ---- members


class severely_disabled(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = PERSON

    def formula(person: Any, period: Any, parameters: Any) -> Any:
        severe = parameters(period).severe_grade
        grade, kind = person("disability_grade", period), person("disability_kind", period)
        of_mind = (kind == DisabilityKind.intellectual) | (kind == DisabilityKind.mental)
        return ((grade >= 1) & (grade <= severe)) | ((grade == severe + 1) & of_mind)


class clergy(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = PERSON

    def formula(person: Any, period: Any, parameters: Any) -> Any:
        return person("clergy_years", period) >= parameters(period).clergy_from


class jobless_disabled_adult(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = PERSON

    def formula(person: Any, period: Any, parameters: Any) -> Any:
        adult = person("age", period) >= parameters(period).adult_from
        return ~person("working", period) & person("severely_disabled", period) & adult


class supplement_share(Variable):
    definition_period = DateUnit.MONTH
    value_type = float
    entity = PERSON

    def formula(person: Any, period: Any, parameters: Any) -> Any:
        years, household = person("age", period), person.household
        old = years >= household("old_from", period)
        young = years < parameters(period).adult_from
        severe, ill = person("severely_disabled", period), person("serious_illness", period)
        return np.maximum(
            np.maximum(
                np.where(old, household("elderly", period), 0),
                np.where(young, household("minor", period), 0),
            ),
            np.maximum(
                np.where(severe, household("severe_disability", period), 0),
                np.where(ill, household("illness", period), 0),
            ),
        )


class supplement(Variable):
    definition_period = DateUnit.MONTH
    value_type = float
    entity = PERSON

    def formula(person: Any, period: Any) -> Any:
        whole = np.floor(person.household("standard", period) * person("supplement_share", period) + 0.5)
        return np.where(person("covered", period), whole, 0)


class single_benefit(Variable):
    definition_period = DateUnit.MONTH
    value_type = float
    entity = PERSON

    def formula(person: Any, period: Any, parameters: Any) -> Any:
        rates, standard_ = parameters(period), person.household("standard", period)
        if rates.single_by_difference:
            own = np.floor(person("own_annual_income", period) / 12 * 100 + 0.5) / 100
            return np.where(person("covered", period), np.maximum(standard_ - own, 0), 0)
        disabled = np.where(person("severely_disabled", period), rates.single_disabled, rates.single_clergy)
        share = np.where(person("serious_illness", period), rates.single_illness, disabled)
        return np.where(person("covered", period), standard_ * share, 0)


# ---- households


class members_count(Variable):
    definition_period = DateUnit.MONTH
    value_type = int
    entity = HOUSEHOLD

    def formula(household: Any, period: Any) -> Any:
        return household.nb_persons()


class covered_members(Variable):
    definition_period = DateUnit.MONTH
    value_type = int
    entity = HOUSEHOLD

    def formula(household: Any, period: Any) -> Any:
        return household.sum(household.members("covered", period))


class month_income(Variable):
    definition_period = DateUnit.MONTH
    value_type = float
    entity = HOUSEHOLD

    def formula(household: Any, period: Any) -> Any:
        return household("annual_income", period) / 12


class income_per_head(Variable):
    definition_period = DateUnit.MONTH
    value_type = float
    entity = HOUSEHOLD

    def formula(household: Any, period: Any) -> Any:
        return household("month_income", period) / household("members_count", period)


class single_person(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = HOUSEHOLD

    def formula(household: Any, period: Any, parameters: Any) -> Any:
        head, standard_ = household("income_per_head", period), household("standard", period)
        person = household.members
        may_alone = person("severely_disabled", period) | person("serious_illness", period) | person("clergy", period)
        covered_, rates = household("covered_members", period), parameters(period)
        others_covered = household.any(person("covered", period) & ~may_alone)
        borderline = (head < standard_ * rates.borderline) & ~others_covered
        with_work = household.any(person("covered", period) & ~person("jobless_disabled_adult", period))
        jobless = (covered_ >= 1) & ~with_work & (head < standard_ * rates.adult_alone)
        return (head >= standard_) & (covered_ < household("members_count", period)) & (borderline | jobless)


class someone_covered(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = HOUSEHOLD

    def formula(household: Any, period: Any) -> Any:
        return household("covered_members", period) >= 1


class low_income(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = HOUSEHOLD

    def formula(household: Any, period: Any) -> Any:
        below = household("income_per_head", period) < household("standard", period)
        return below | household("single_person", period)


class low_assets(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = HOUSEHOLD

    def formula(household: Any, period: Any) -> Any:
        limit = household("standard", period) * household("asset_months", period) * household("members_count", period)
        return household("financial_assets", period) <= limit


class no_car(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = HOUSEHOLD

    def formula(household: Any, period: Any, parameters: Any) -> Any:
        return household("cars", period) <= parameters(period).cars_allowed


class one_home(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = HOUSEHOLD

    def formula(household: Any, period: Any, parameters: Any) -> Any:
        return household("houses", period) <= parameters(period).houses_allowed


class no_business(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = HOUSEHOLD

    def formula(household: Any, period: Any) -> Any:
        return ~household("business_registered", period)


class eligible(Variable):
    definition_period = DateUnit.MONTH
    value_type = bool
    entity = HOUSEHOLD

    def formula(household: Any, period: Any) -> Any:
        return np.logical_and.reduce([household(name, period) for name in CONDITIONS])


class amount(Variable):
    definition_period = DateUnit.MONTH
    value_type = float
    entity = HOUSEHOLD

    def formula(household: Any, period: Any) -> Any:
        whole = household("standard", period) * household("covered_members", period)
        difference = np.maximum(whole - household("month_income", period), 0)
        person = household.members
        together = np.ceil(difference + household.sum(person("supplement", period)))
        alone = np.ceil(household.sum(person("single_benefit", period)))
        found = np.where(household("single_person", period), alone, together)
        return np.where(household("eligible", period), found, 0)


VARIABLES = (
    *(_of_place(rate) for rate in BY_PLACE),
    *(
        one
        for one in list(globals().values())
        if isinstance(one, type) and issubclass(one, Variable) and one != Variable
    ),
)
