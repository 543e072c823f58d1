"""Words for what the stage stores as tokens."""

from collections.abc import Iterable

from minzheng.awards.models import Award
from minzheng.core.errors import Text
from minzheng.people.models import Person


def held_reasons(award: Award) -> list[Text]:
    """Why an award is held, in words; none where it is not."""
    return held_reasons_of([award])[award.pk]


def held_reasons_of(awards: Iterable[Award]) -> dict[int, list[Text]]:
    """The same for many, by award id, in one query."""
    tokens = {award.pk: [token for token in award.held_reason.split(";") if token] for award in awards}
    parts = [token.partition(":") for known in tokens.values() for token in known]
    ids = [int(value) for kind, _, value in parts if kind in ("death", "payee")]
    names = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return {pk: [_words(token, names) for token in known] for pk, known in tokens.items()}


def _words(token: str, names: dict[int, str]) -> Text:
    kind, _, value = token.partition(":")
    if kind == "death":
        who = names.get(int(value), "")
        return {"zh-Hans": f"{who}的死亡信息待核实", "en": f"The death of {who} is not verified yet"}
    if kind == "payee":
        who = names.get(int(value), "")
        return {"zh-Hans": f"领款人{who}已故，待更换", "en": f"{who}, who was paid, has died; another payee is needed"}
    if kind == "review":
        return {
            "zh-Hans": "核查未完成，书面通知期满，暂停发放；核实后恢复并补发",
            "en": "Not verified by a review after a written warning; paid again, with arrears, once verified",
        }
    if kind == "moved_out":
        return {
            "zh-Hans": "已迁出本县，待决定停发",
            "en": "The family has left the county; the end is to be decided",
        }
    if kind == "ineligible":
        return {
            "zh-Hans": "重新核算不再符合条件，待办理变更或停发",
            "en": "No longer meets the conditions; a decision is due",
        }
    if kind == "error":
        return {"zh-Hans": f"无法核算（{value}）", "en": f"Cannot be worked out ({value})"}
    return {"zh-Hans": token, "en": token}
