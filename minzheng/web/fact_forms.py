"""The facts that a programme's law asks for, as form fields: pre-filled with what is known, typed by the vocabulary."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.core.errors import pick
from minzheng.people import queries as people
from minzheng.people import vocabulary
from minzheng.people.models import Household, Person
from minzheng.policy import registry
from minzheng.web.forms import Day, Form, Yuan, style
from minzheng.web.languages import language

YES_NO = (("", "—"), ("yes", gettext_noop("是")), ("no", gettext_noop("否")))


class FactForm(Form):
    """Facts of a party and of the members of a family. Fields are named `of:<fact>` and `m<person id>:<fact>`.

    A field left empty says nothing. `values()` and `member_values()` give what was entered, in the vocabulary's JSON;
    with `changed_only`, what is the same as what is known already is left out.
    """

    def __init__(
        self,
        data: Any,
        *,
        programme: str,
        day: dt.date,
        household: Household | None,
        person: Person | None,
        members: Iterable[Person],
    ) -> None:
        known_law = registry.programme(programme).policy.version_on(day)
        self.party = household or person
        self.people = {member.pk: member for member in members}
        names = [name for name in known_law.facts if _asked(name)]
        member_names = [name for name in known_law.member_facts if _asked(name)]
        known = people.facts(on=day, household=household, person=person) if self.party is not None else {}
        of_person, _of_household = people.facts_of_many(on=day, persons=list(self.people))
        super().__init__(data)
        self.known: dict[str, Any] = {}
        for name in names:
            self._add(f"of:{name}", name, known[name].value if name in known else None)
        for pk in self.people:
            for name in member_names:
                facts = of_person.get(pk, {})
                self._add(f"m{pk}:{name}", name, facts[name].value if name in facts else None)
        style(self)

    def _add(self, key: str, name: str, known: Any) -> None:
        field = field_for(name)
        field.required = False
        self.known[key] = known
        shown = {True: "yes", False: "no"}.get(known, known) if isinstance(known, bool) else known
        field.initial = shown
        self.fields[key] = field

    @property
    def party_fields(self) -> list[forms.BoundField]:
        return [self[key] for key in self.fields if key.startswith("of:")]

    @property
    def member_groups(self) -> list[tuple[Person, list[forms.BoundField]]]:
        """Each member with their fields; nobody where the law asks nothing of members."""
        groups = []
        for pk, member in self.people.items():
            fields = [self[key] for key in self.fields if key.startswith(f"m{pk}:")]
            if fields:
                groups.append((member, fields))
        return groups

    def values(self, *, changed_only: bool = False) -> dict[str, Any]:
        """Facts of the party by name."""
        return self._entered("of:", changed_only)

    def member_values(self, *, changed_only: bool = False) -> dict[Person, Mapping[str, Any]]:
        """Facts of members, of those who have any."""
        found = {member: self._entered(f"m{pk}:", changed_only) for pk, member in self.people.items()}
        return {member: values for member, values in found.items() if values}

    def _entered(self, prefix: str, changed_only: bool) -> dict[str, Any]:
        entered = {}
        for key, value in self.cleaned_data.items():
            if not key.startswith(prefix) or value in (None, ""):
                continue
            name = key.removeprefix(prefix)
            stored = _stored(name, value)
            if not changed_only or stored != self.known[key]:
                entered[name] = stored
        return entered


def field_for(name: str) -> forms.Field:
    """The form field of a fact, by its type in the vocabulary."""
    entry = vocabulary.load()[name]
    label = pick(entry["label"], language())
    kind = entry["type"]
    if kind == "money":
        return Yuan(label=label + _("（元）"))
    if kind == "int":
        return forms.IntegerField(label=label, min_value=entry.get("min"), max_value=entry.get("max"))
    if kind == "bool":
        return forms.ChoiceField(
            label=label, choices=[(value, _(word)) if value else (value, word) for value, word in YES_NO]
        )
    if kind == "date":
        return Day(label=label)
    if kind == "code" and isinstance(entry.get("values"), dict):
        words = [
            (code, pick(text, language()) if isinstance(text, dict) else str(text))
            for code, text in entry["values"].items()
        ]
        return forms.ChoiceField(label=label, choices=[("", "—"), *words])
    return forms.CharField(label=label, max_length=60)


def _asked(name: str) -> bool:
    """Facts that follow from the register or from other stages are not asked for."""
    entry = vocabulary.load().get(name)
    return entry is not None and "derived" not in entry


def _stored(name: str, value: Any) -> Any:
    """A cleaned value as the vocabulary stores it."""
    if vocabulary.load()[name]["type"] == "bool":
        return value == "yes"
    return value.isoformat() if isinstance(value, dt.date) else value
