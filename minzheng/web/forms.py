"""What the forms of all pages share."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from minzheng.areas.models import Area, Level
from minzheng.areas.queries import within


def style(form: forms.BaseForm) -> None:
    """Give the controls of a form the look of the page, and Chinese errors."""
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
            widget.attrs.setdefault("class", "form-check-input")
        elif isinstance(widget, forms.Select):
            widget.attrs.setdefault("class", "form-select")
        else:
            widget.attrs.setdefault("class", "form-control")


class Form(forms.Form):
    """A form in the look of the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        style(self)


class Filters(Form):
    """A filter bar: read from the address, every field optional; what cannot be read filters nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
        self.values: dict[str, Any] = {}
        if self.is_bound:
            self.full_clean()
            self.values = self.cleaned_data

    @property
    def active(self) -> bool:
        return any(value not in (None, "", []) for value in self.values.values())


class Day(forms.DateField):
    """A day, picked or typed as 2025-06-18."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)


class Yuan(forms.Field):
    """An amount typed in yuan (1,234.5), kept in fen. Refuses more than two decimals rather than rounding."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "form-control mz-money"})
    default_error_messages = {"invalid": _("金额写成元，最多两位小数，例如 1234.50。")}

    def to_python(self, value: Any) -> int | None:
        if value in (None, ""):
            return None
        text = str(value).strip().replace(",", "").replace("，", "")
        found = re.fullmatch(r"(-?)(\d{1,11})(?:\.(\d{1,2}))?", text, flags=re.ASCII)
        if not found:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        fen = int(found[2]) * 100 + int((found[3] or "0").ljust(2, "0"))
        return -fen if found[1] else fen

    def prepare_value(self, value: Any) -> Any:
        """Fen are shown as yuan; what was typed is shown as it was typed."""
        return f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else value


def villages(codes: list[str]) -> list[tuple[str, str]]:
    """The villages and communities in these areas, as choices."""
    found: dict[str, str] = {}
    for code in codes:
        rows = Area.objects.filter(within(code, "code"), level=Level.COMMUNITY).order_by("code")[:400]
        found |= {area.code: area.name for area in rows}
    return list(found.items())


def offer(form: forms.BaseForm, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    """Set the choices of a field that depend on the user or the list."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def with_any(choices: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Choices of a filter, with “all” first."""
    return [("", _("全部")), *choices]
