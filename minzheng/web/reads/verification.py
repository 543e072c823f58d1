"""What a case's page shows of its means verification."""

import datetime as dt
from typing import Any

from minzheng.cases import verification
from minzheng.cases.actions.verification import adults as adults_of
from minzheng.cases.queries import CaseView
from minzheng.core.errors import pick
from minzheng.people.models import Person
from minzheng.web.languages import language


def adults(view: CaseView, today: dt.date) -> list[Person]:
    """Who of the family authorises the verification."""
    rule = view.procedure.verification
    return adults_of(view.case, rule, today) if rule else []


def unauthorised(view: CaseView, today: dt.date) -> list[Person]:
    """Who of them has not."""
    signed = verification.standing(view.timeline[::-1]).authorised
    return [person for person in adults(view, today) if person.pk not in signed]


def verification_of(view: CaseView, today: dt.date) -> dict[str, Any] | None:
    """Authorisations, request, result with its classes by person and its last day, objections; None before the
    acceptance and where the procedure has no such rule."""
    rule = view.procedure.verification
    steps = view.timeline[::-1]
    now = verification.standing(steps)
    if rule is None or not (now.authorisations or now.requested_on or now.result):
        return None
    expires = verification.expires_on(rule, now.result) if now.result else None
    return {
        "rule": rule.rule,
        "authorisations": now.authorisations,
        "missing": [] if view.case.closed_on else [person.name for person in unauthorised(view, today)],
        "requested_on": now.requested_on,
        "result": now.result,
        "classes": [pick(one.label, language()) for one in rule.classes.values()],
        "found": [
            (name, [one in classes for one in rule.classes])
            for name, classes in (now.result["found"] if now.result else {}).items()
        ],
        "expires_on": expires,
        "expired": expires is not None and expires < today and not view.case.closed_on,
        "disputed_on": now.disputed_on,
        "disputes": [entry for entry in view.timeline if entry.data.get("verification_dispute")],
        "report": now.result.get("report") if now.result else None,
    }
