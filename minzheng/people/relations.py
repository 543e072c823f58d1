"""What those of a family are to a new head, as far as it follows from what they were to the old one. Pure."""

from collections.abc import Mapping

from minzheng.people.models import Relation

R = Relation
OF_A_CHILD: Mapping[str, str] = {
    R.HEAD: R.PARENT,
    R.SPOUSE: R.PARENT,
    R.SON: R.SIBLING,
    R.DAUGHTER: R.SIBLING,
    R.PARENT: R.GRANDPARENT,
}
ANEW: Mapping[str, Mapping[str, str]] = {
    R.SPOUSE: {R.HEAD: R.SPOUSE, R.SON: R.SON, R.DAUGHTER: R.DAUGHTER, R.GRANDCHILD: R.GRANDCHILD},
    R.SON: OF_A_CHILD,
    R.DAUGHTER: OF_A_CHILD,
    R.PARENT: {R.PARENT: R.SPOUSE, R.SON: R.GRANDCHILD, R.DAUGHTER: R.GRANDCHILD},
    R.SIBLING: {R.SIBLING: R.SIBLING, R.HEAD: R.SIBLING, R.PARENT: R.PARENT, R.GRANDPARENT: R.GRANDPARENT},
    R.GRANDCHILD: {R.HEAD: R.GRANDPARENT, R.SPOUSE: R.GRANDPARENT},
    R.GRANDPARENT: {R.GRANDPARENT: R.SPOUSE, R.HEAD: R.GRANDCHILD, R.SIBLING: R.GRANDCHILD},
}
"""New head's relation to the old → somebody's relation to the old → to the new. What does not follow (a grandchild may
be a child or a nephew of the new head; the sex of a child of the new head) is `other`, and is said by hand."""


def anew(head_was: str, was: str) -> str:
    """Somebody's relation to the new head."""
    return str(ANEW.get(head_was, {}).get(was, R.OTHER))
