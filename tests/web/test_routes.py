"""Every route says who may open it, and keeps to it."""

import pytest
from django.urls import URLPattern, get_resolver, reverse

ANYBODY = {"sign-in", "sign-out", "set_language"}


def routes() -> list[URLPattern]:
    found, waiting = [], list(get_resolver().url_patterns)
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, URLPattern):
            found.append(entry)
        else:
            waiting += entry.url_patterns
    return found


def test_every_route_has_a_rule():
    assert routes()
    assert [route.name for route in routes() if not getattr(route.callback, "access_rule", None)] == []


def test_only_signing_in_is_open_to_everyone():
    assert {route.name for route in routes() if route.callback.access_rule[0] == "everyone"} == ANYBODY


def address(route: URLPattern) -> str:
    samples = {"int": 1, "slug": "people", "str": "x"}
    arguments = {
        name: samples[type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")]
        for name, converter in route.pattern.converters.items()
    }
    return reverse(route.name, kwargs=arguments)


def test_without_signing_in_every_page_leads_to_the_sign_in_page(client, users):
    for route in routes():
        if route.name in ANYBODY:
            continue
        response = client.get(address(route))
        assert response.status_code == 302, route.name
        assert response.url.startswith(reverse("sign-in")), route.name


def test_a_role_without_the_permission_is_refused_in_words(sign_in):
    response = sign_in("finance").get(reverse("households"))
    assert response.status_code == 403
    assert "可以打开的角色" in response.content.decode()


@pytest.mark.parametrize(
    "role", ["village_worker", "handler", "leader", "reviewer", "approver", "finance", "administrator"]
)
def test_every_role_can_open_everything_its_menu_offers(sign_in, law, role):
    client = sign_in(role)
    page = client.get(reverse("work-list"))
    assert page.status_code == 200
    for entry in page.context["menu"]:
        for one in entry.children or [entry]:
            assert client.get(one.url, follow=True).status_code == 200, one.url
