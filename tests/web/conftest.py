"""Pages in tests: an undefined template variable fails, static files need no collecting."""

import pytest
from django.template import engines


class Undefined(str):
    """Fails the test that renders it, naming the variable."""

    def __contains__(self, text: object) -> bool:
        return text == "%s"

    def __mod__(self, name: object) -> str:
        pytest.fail(f"undefined template variable: {name}")


@pytest.fixture(autouse=True)
def strict_templates(monkeypatch):
    engine = engines["django"].engine
    monkeypatch.setattr(engine, "string_if_invalid", Undefined("undefined"))


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
