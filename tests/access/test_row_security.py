"""Every table with people in it is protected; without a scope nothing is visible."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError

from minzheng.access.scope import EVERYWHERE, acting, scope
from minzheng.core import audit
from minzheng.core.models import AuditEntry

EXEMPT = {
    "core_clock": "one date",
    "areas_area": "public divisions",
    "areas_change": "public changes of divisions",
    "access_office": "names of offices, shown at sign-in",
    "access_user": "needed to sign in, before a scope is known",
    "access_assignment": "a scope is made from it",
    "access_act_conflict": "pairs of acts",
    "awards_overlap": "pairs of programmes",
    "policy_file": "public law",
    "django_session": "needed before a scope is known",
    "django_content_type": "Django's own",
    "django_migrations": "Django's own",
    "auth_group": "Django's own, unused",
    "auth_group_permissions": "Django's own, unused",
    "auth_permission": "Django's own, unused",
}
"""Tables without row-level security, each with its reason."""


def test_every_table_is_protected_or_says_why_not(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, c.relrowsecurity, coalesce(string_agg(pg_get_expr(p.polqual, p.polrelid), ' '), '')"
            " from pg_class c left join pg_policy p on p.polrelid = c.oid"
            " where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace group by 1, 2"
        )
        tables = {name: (secured, policy) for name, secured, policy in cursor.fetchall()}
    assert {model._meta.db_table for model in apps.get_models()} <= set(tables)
    unprotected = {name for name, (secured, policy) in tables.items() if not (secured and "mz_visible(" in policy)}
    assert unprotected == set(EXEMPT) & set(tables)


def test_the_application_role_is_bound_by_row_security(db):
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute("select count(*) from pg_tables where tableowner = current_user")
        assert cursor.fetchone() == (0,)


def test_nothing_is_visible_without_a_scope_nor_after_one(users):
    with scope([EVERYWHERE]):
        assert AuditEntry.objects.count() > 0
    assert AuditEntry.objects.count() == 0


def test_a_user_sees_their_area_only(users):
    with scope([EVERYWHERE]):
        for area in ("990101101201", "990101102201"):
            audit.record("test", by=users["handler"], subject=users["handler"], area=area)
    with acting(users["handler"]):
        seen = set(AuditEntry.objects.filter(action="test").values_list("area_code", flat=True))
    assert seen == {"990101101201"}


def test_a_scope_never_matches_a_longer_sibling_code(users):
    with scope(["9901011012"]):
        assert not AuditEntry.objects.filter(area_code="990101101").exists()


def test_writing_outside_the_scope_is_refused_by_the_database(users):
    with pytest.raises(DatabaseError, match="row-level security"), acting(users["handler"]):
        audit.record("test", by=users["handler"], subject=users["handler"], area="990101102201")


def test_history_cannot_be_changed(users):
    with scope([EVERYWHERE]):
        entry = AuditEntry.objects.order_by("pk").first()
        for change in (lambda: AuditEntry.objects.filter(pk=entry.pk).update(action="x"), entry.delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
