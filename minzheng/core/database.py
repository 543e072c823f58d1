"""The three roles of the database, and making one from nothing.

owner: owns the tables, runs migrations. app: requests; sees what its scope shows. reader: reports and analysts; reads
what its scope shows. The application refuses to start as anything more than app.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from minzheng.core.config import data_dir, load_secrets
from minzheng.core.errors import refuse
from minzheng.core.pgserver import EmbeddedPostgres

NAME = "minzheng"
ROLES = ("mz_owner", "mz_app", "mz_reader")


def uses_embedded_server() -> bool:
    return not os.environ.get("DATABASE_URL")


def settings_for(alias: str, *, name: str = NAME, data: Path | None = None) -> dict[str, object]:
    """Django's connection settings of one alias: `default` (app), `owner`, `reader`."""
    role = {"default": "mz_app", "owner": "mz_owner", "reader": "mz_reader"}[alias]
    options: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": f"minzheng-{alias}"},
    }
    if uses_embedded_server():
        directory = data or data_dir()
        known = (directory / "server.json").exists()
        return options | {
            "NAME": name,
            "USER": role,
            "PASSWORD": load_secrets(directory).passwords[role] if known else "",
            "HOST": "127.0.0.1",
            "PORT": EmbeddedPostgres(directory).port if known else 1,
        }
    variable = {"default": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "reader": "DATABASE_READER_URL"}[alias]
    parts = urlsplit(os.environ.get(variable) or os.environ["DATABASE_URL"])
    return options | {
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or 5432,
    }


def make_database(server: EmbeddedPostgres, name: str = NAME) -> None:
    """Make the roles and the database where they do not exist yet. Safe to repeat."""
    passwords = load_secrets(server.data).passwords
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        for role in ROLES:
            if not _exists(connection, "select 1 from pg_roles where rolname = %s", role):
                connection.execute(
                    sql.SQL("create role {} login nosuperuser nobypassrls password {}").format(
                        sql.Identifier(role), sql.Literal(passwords[role])
                    )
                )
        if not _exists(connection, "select 1 from pg_database where datname = %s", name):
            connection.execute(
                sql.SQL("create database {} owner mz_owner template template0").format(sql.Identifier(name))
            )
    with psycopg.connect(server.url("postgres", name), autocommit=True) as connection:
        for statement in GRANTS:
            connection.execute(statement)


GRANTS = (
    "revoke all on schema public from public",
    "grant all on schema public to mz_owner",
    "grant usage on schema public to mz_app, mz_reader",
    "alter default privileges for role mz_owner in schema public"
    " grant select, insert, update, delete on tables to mz_app",
    "alter default privileges for role mz_owner in schema public grant usage, select on sequences to mz_app",
    "alter default privileges for role mz_owner in schema public grant select on tables to mz_reader",
    "alter default privileges for role mz_owner in schema public revoke execute on functions from public",
    "alter default privileges for role mz_owner in schema public grant execute on functions to mz_app, mz_reader",
)


def check_application_role(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Refuse to serve requests with a role that row-level security does not bind."""
    row = connection.execute(
        "select rolname, rolsuper, rolbypassrls,"
        " exists(select 1 from pg_tables where tableowner = current_user and schemaname = 'public')"
        " from pg_roles where rolname = current_user"
    ).fetchone()
    assert row is not None
    name, superuser, bypasses, owns_tables = row
    if superuser or bypasses or owns_tables:
        raise refuse(
            "database.role",
            zh="数据库角色 {name} 不受行级权限约束（超级用户、BYPASSRLS 或表的所有者）。",
            en="The database role {name} is not bound by row-level security (superuser, BYPASSRLS or table owner).",
            remedy_zh="请把 DATABASE_URL 改为普通应用角色，所有者角色写入 DATABASE_OWNER_URL。",
            remedy_en="Point DATABASE_URL to an ordinary application role and DATABASE_OWNER_URL to the owner.",
            name=name,
        )


def _exists(connection: psycopg.Connection[tuple[object, ...]], query: str, value: str) -> bool:
    return connection.execute(query, [value]).fetchone() is not None


def admin_connection() -> psycopg.Connection[tuple[object, ...]]:
    """A connection as owner, for commands that need their own tables and functions (`assess --engine postgres`)."""
    settings = settings_for("owner")
    return psycopg.connect(
        dbname=str(settings["NAME"]),
        user=str(settings["USER"]),
        password=str(settings["PASSWORD"]),
        host=str(settings["HOST"]),
        port=int(str(settings["PORT"])),
    )
