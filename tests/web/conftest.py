"""Pages in tests: an undefined template variable fails, static files need no collecting."""

import pytest
from django.template import engines
from django.template.base import Variable


class Undefined(str):
    """Fails the test that renders it, naming the variable."""

    def __contains__(self, text: object) -> bool:
        return text == "%s"

    def __mod__(self, name: object) -> str:
        pytest.fail(f"undefined template variable: {name}")


@pytest.fixture(autouse=True)
def strict_templates(monkeypatch):
    """What production would show as empty fails here: a name that is not there, and one that cannot be called without
    arguments (`{% if table.select %}` calls it, and takes the failure for no)."""
    engine = engines["django"].engine
    monkeypatch.setattr(engine, "string_if_invalid", Undefined("undefined"))
    look_up = Variable._resolve_lookup

    def strict(variable, context):
        found = look_up(variable, context)
        if isinstance(found, Undefined):
            pytest.fail(f"a template calls what needs arguments: {variable}")
        return found

    monkeypatch.setattr(Variable, "_resolve_lookup", strict)


@pytest.fixture
def sign_in(client, users):
    """`sign_in("handler")`: the client as that user, in Chinese."""

    def as_user(role: str, language: str = "zh-hans"):
        client.force_login(users[role])
        client.cookies["django_language"] = language
        return client

    return as_user


@pytest.fixture
def law(db):
    """The law as data, stored."""
    from minzheng.policy import registry
    from tests.web.town import DEMO_RATES

    registry.store_files(DEMO_RATES)
