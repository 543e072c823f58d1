"""Which page shows a record: tasks, rows behind figures and timelines name records by kind and id."""

from django.urls import reverse

PAGES = {
    "household": "household",
    "people.household": "household",
    "person": "person",
    "people.person": "person",
    "case": "case",
    "cases.case": "case",
    "cases.posting": "posting",
    "run": "run",
    "payments.run": "run",
    "payments.payment": "payment",
    "payments.fund": "fund",
    "awards.award": "award",
    "award": "award",
    "cases.caselist": "case-list-lines",
    "disaster": "disaster",
    "document": "document",
    "awards.reviewround": "review-round",
    "awards.reviewline": "review-line",
    "awards.reviewfinding": "review-finding",
}
"""Kind of record → route that takes its id."""


def page_of(kind: str, record_id: int | None) -> str:
    """The address of a record's page; empty where it has none."""
    route = PAGES.get(kind)
    return reverse(route, args=[record_id]) if route and record_id else ""
