"""An assessment that has been overtaken carries no further act: what was worked out with somebody who has died, left or
joined since, or with a fact that is another now, is not shown, sent up, reviewed or granted."""

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases.models import Case
from minzheng.cases.overtaken import Overtaken
from minzheng.cases.refusals import died_since_assessed, overtaken_since_assessed
from minzheng.cases.shapes import Act
from minzheng.core.errors import Refused

ASSESS = "cases.assess"
END_POSTING = "cases.end_posting"
RECALL = "cases.recall"
RESTS_ON_ASSESSMENT = frozenset({"eligible", "assessment"})
"""An act that asks for one of these rests on what was worked out; so does what was posted."""
RECALLS = frozenset({"overtaken", "death"})
"""What the act that takes the notice down asks for; `death` in the procedures of older cases."""


def rests(act: Act) -> bool:
    """Whether an act rests on what was worked out."""
    return act.act != ASSESS and (act.act == END_POSTING or not RESTS_ON_ASSESSMENT.isdisjoint(act.requires))


def refusal(case: Case, found: Overtaken, act: Act, *, by: User) -> Refused:
    """Why an act that rests on an overtaken assessment is refused: to this user, what they may see of it."""
    if found.died is not None:
        return died_since_assessed(act, found.died)
    return overtaken_since_assessed(act, found.said(verified=perms.may(by, "people.verified", case.area_id)))
