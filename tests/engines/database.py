"""A connection for the engines that need one, to the suite's own server."""

import psycopg
import pytest

from minzheng.policy.engines import postgres as engine


@pytest.fixture(scope="session")
def postgres_connection(postgres):
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        engine.install(connection)
        yield connection


def connection_for(engine, request):
    """What `assess` needs beside the engine's name."""
    fixture = {"postgres": "postgres_connection", "spark": "spark"}.get(engine)
    return request.getfixturevalue(fixture) if fixture else None
