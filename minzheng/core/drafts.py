"""Drafts of forms: kept by the server from the first key on, so that a reload, a lost connection or a restart loses
nothing. Sealed with the installation's key and bound to their user, they leave no audit row: they are no act yet."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from django.utils import timezone

from minzheng.core import crypto
from minzheng.core.audit import Actor
from minzheng.core.errors import refuse
from minzheng.core.models import Draft

MOST_BYTES = 64_000
MOST_FORMS = 100
"""Of one user; the oldest give way."""
DAYS = 90
"""After so many days a draft that was never sent is forgotten."""

Typed = Sequence[Sequence[Any]]
"""Fields as the page has them: [name, value, whether it is ticked (null for what cannot be)]."""


@dataclass(frozen=True)
class Kept:
    """A draft as it is offered again."""

    fields: list[list[Any]]
    kept_at: dt.datetime


def keep(*, by: Actor, area: str, form: str, fields: Typed) -> None:
    """Keep what stands in a form now, instead of what was kept before; an empty form is forgotten."""
    if not fields:
        forget(by=by, form=form)
        return
    content = json.dumps([list(field) for field in fields], ensure_ascii=False).encode()
    if len(content) > MOST_BYTES:
        raise refuse(
            "draft.too_long",
            zh="内容太长，没有暂存。",
            en="This is too long to be kept as a draft.",
            remedy_zh="请先提交，或者分几次填写。",
            remedy_en="Send the form, or fill it in by parts.",
        )
    key_id, sealed = crypto.seal(content, purpose=_purpose(by, form))
    Draft.objects.update_or_create(
        user_id=by.pk,
        form=form,
        defaults={"area_code": area, "key_id": key_id, "sealed": sealed, "kept_at": timezone.now()},
    )
    _make_room(by)


def find(*, by: Actor, forms: Iterable[str]) -> dict[str, Kept]:
    """What was kept of these forms, by form. What cannot be opened any more (its key is gone) is no draft."""
    found = {}
    for draft in Draft.objects.filter(user_id=by.pk, form__in=list(forms)).order_by("form"):
        try:
            content = crypto.unseal(draft.key_id, bytes(draft.sealed), purpose=_purpose(by, draft.form))
        except (InvalidTag, KeyError):
            continue
        found[draft.form] = Kept(json.loads(content), draft.kept_at)
    return found


def forget(*, by: Actor, form: str) -> None:
    """The form was sent, or what stood in it is not wanted any more."""
    Draft.objects.filter(user_id=by.pk, form=form).delete()


def _make_room(by: Actor) -> None:
    own = Draft.objects.filter(user_id=by.pk)
    own.filter(kept_at__lt=timezone.now() - dt.timedelta(days=DAYS)).delete()
    surplus = list(own.order_by("-kept_at").values_list("pk", flat=True)[MOST_FORMS:])
    if surplus:
        own.filter(pk__in=surplus).delete()


def _purpose(by: Actor, form: str) -> str:
    """Authenticated with the content: a draft copied to another user or form does not open."""
    return f"draft:{by.pk}:{form}"
