"""Where scenarios are played: one server, one prepared database, and a copy of it for each scenario, thrown away after
it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from django.db import connections
from psycopg import sql

import minzheng
from minzheng.access import actions as access
from minzheng.access.scope import EVERYWHERE, scope
from minzheng.areas.actions import load_divisions
from minzheng.awards.actions import store_overlaps
from minzheng.core.database import NAME
from minzheng.core.installation import migrate
from minzheng.core.pgserver import EmbeddedPostgres
from minzheng.policy import registry
from minzheng.scenario import office, places
from minzheng.scenario.office import Office

RATES = Path(minzheng.__file__).parent / "demo" / "rates.yaml"
"""The rates of the invented province, which the demo has too."""
LONG_AGO = dt.date(2000, 1, 1)


def install() -> None:
    """Tables, the invented divisions, roles and law, with the invented province's own rates over it."""
    migrate()
    with scope([EVERYWHERE]):
        load_divisions(places.divisions())
        access.store_conflicts()
        store_overlaps()
        registry.store_files(RATES)


class Place:
    """A server's databases for scenarios. `template`: the database that is prepared once and copied."""

    def __init__(self, server: EmbeddedPostgres, template: str = NAME) -> None:
        self.server = server
        self.template = template
        self._number = count(1)
        with self.using(template):
            install()
            self.office: Office = office.set_up(LONG_AGO, office.MORE_STAFF)

    @contextmanager
    def fresh(self) -> Iterator[Office]:
        """A database of its own: a copy of the template, gone afterwards."""
        name = f"{self.template}_{next(self._number)}"
        copy = sql.SQL("create database {} owner mz_owner template {}")
        self._command(copy.format(sql.Identifier(name), sql.Identifier(self.template)))
        try:
            with self.using(name):
                yield self.office
        finally:
            self._command(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    @contextmanager
    def using(self, name: str) -> Iterator[None]:
        """Django's connections lead to this database."""
        before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
        _lead_to(dict.fromkeys(connections, name))
        try:
            yield
        finally:
            _lead_to(before)

    def _command(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.server.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(statement)


def _lead_to(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
