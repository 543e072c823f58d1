"""The kinds of event that a scenario may have. A new kind is a function with `@event("its_name")`, in a file that
`events/__init__.py` names; its annotations (`forms`) say what it takes, its docstring what it does."""

import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from minzheng.scenario.forms import Form
from minzheng.scenario.reader import ScenarioReader

KINDS: dict[str, "Kind"] = {}
"""By the key that stands for it in a file."""


@dataclass(frozen=True)
class Kind:
    """One kind of event. `main`: the argument that a text (or a list) without keys stands for."""

    name: str
    do: Callable[..., Any]
    main: str
    forms: Mapping[str, Form]
    required: tuple[str, ...]

    def read(self, reader: ScenarioReader, value: Any, line: int) -> dict[str, Any]:
        """The arguments of one entry, typed."""
        if self.main and isinstance(value, str | list):
            return {self.main: self.forms[self.main](reader, value, self.main, line)}
        block = reader.block(value, self.name, line=line)
        reader.only(block, tuple(self.forms), self.required)
        return {key: self.forms[key](reader, found, key, block.lines[key]) for key, found in block.items()}


def event(name: str, *, main: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function a kind of event. It is called with the play and its arguments; what lasts longer than a day is a
    generator of the days on which it goes on."""

    def register(do: Callable[..., Any]) -> Callable[..., Any]:
        assert name not in KINDS, name
        taken = [one for one in inspect.signature(do).parameters.values() if one.kind is one.KEYWORD_ONLY]
        hints = get_type_hints(do, include_extras=True)
        forms = {one.name: _form(hints[one.name]) for one in taken}
        required = tuple(one.name for one in taken if one.default is one.empty)
        KINDS[name] = Kind(name, do, main, forms, required)
        return do

    return register


def _form(hint: Any) -> Form:
    """The form that an annotation carries, also of `X | None`."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(one for one in get_args(hint) if one is not type(None))
    form: Form = hint.__metadata__[0]
    return form
