"""Every route of the site. Each view says who may open it (`web.access`)."""

from django.urls import URLPattern, URLResolver, path

from minzheng.web.views import households, search, session, work

urlpatterns: list[URLPattern | URLResolver] = [
    path("", work.work_list, name="work-list"),
    path("search", search.search, name="search"),
    path("sign-in", session.sign_in, name="sign-in"),
    path("sign-out", session.sign_out, name="sign-out"),
    path("language", session.choose_language, name="set_language"),
    path("households", households.household_list, name="households"),
    path("households/<int:household_id>", households.household, name="household"),
    path("households/<int:household_id>/<slug:tab>", households.household, name="household-tab"),
    path("persons/<int:person_id>", households.person, name="person"),
    path("identifiers/<int:identifier_id>/reveal", households.reveal, name="reveal"),
]
