"""What is known of the invented people, in the vocabulary of policies/facts.yaml: the demo names facts only here."""

from typing import Any

INCOME = "annual_income"
HERE: dict[str, Any] = {"registered_here": True}
ELSEWHERE: dict[str, Any] = {"registered_here": False}
HARDSHIP: dict[str, Any] = {"recognised_family": True, "property_over_limit": False}
BORDERLINE: dict[str, Any] = {"recognised_family": False, "property_over_limit": False}

OF_TRAIT: dict[str, dict[str, Any]] = {
    "severe_disability": {"disability_grade": 2, "disability_kind": "physical"},
    "major_illness": {"serious_illness": True},
}


def means(annual_income: int) -> dict[str, Any]:
    """The means of a family (fen a year): little saved, no car, one home."""
    return {INCOME: annual_income, "financial_assets": 200_000, "cars": 0, "houses": 1, "business_registered": False}


def alone(form: str, failed_items: int) -> dict[str, Any]:
    """Somebody old with nobody to support them."""
    return {
        "support_form": form,
        "support_income": 8_000,
        "property_over_limit": False,
        "able_supporters": 0,
        "failed_items": failed_items,
        "disability_grade": 0,
        "disability_kind": "none",
    }


def retrenched(former_wage: int) -> dict[str, Any]:
    return {
        "joined_work_on": "1956-03-01",
        "retrenched_on": "1962-06-30",
        "former_wage": former_wage,
        "draws_pension": False,
    }


def special_care(kind: str, service_years: int) -> dict[str, Any]:
    return {"special_care_kind": kind, "service_years": service_years, "in_prison": False, **HERE}


def conscript(months: int, honour: str) -> dict[str, Any]:
    return {"enlisted_here": True, "service_months": months, "service_ended_badly": False, "honour": honour}


def gift(group: str) -> dict[str, Any]:
    return {"gift_kind": group, **HERE}


def parcel(kind: str, hardship: str) -> dict[str, Any]:
    return {"hardship_kind": hardship, "parcel": kind, "parcel_received": False}


def patient(category: str) -> dict[str, Any]:
    return {"medical_category": category}


def collapsed(rooms: int, *, recognised: bool) -> dict[str, Any]:
    return {
        "damage": "collapsed",
        "damaged_rooms": rooms,
        "only_home": True,
        "is_dwelling": True,
        "other_housing_aid": False,
        "recognised_family": recognised,
    }


def settlement(self_paid: int, before: int, aid_before: int) -> dict[str, Any]:
    """Facts of one settlement (fen): this bill's self-paid cost, the year's before it, and the aid already paid."""
    return {"medical_self_paid": self_paid, "self_pay_before": before, "medical_aid_paid": aid_before}


def temporary(spending: int) -> dict[str, Any]:
    """Facts of one application for temporary assistance of the expenditure type (fen)."""
    return {"assistance_kind": "expenditure", "necessary_spending": spending, "aid_this_year": 0}
