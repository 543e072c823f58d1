"""Row-level security as migration operations. Every table with people in it is protected by the one function
`mz_visible`; every append-only table refuses UPDATE and DELETE by itself."""

from django.db.migrations.operations import RunSQL

VISIBLE = """
-- A scope is a set of area ranges (`mz.areas`: codes, comma-separated; `*` is everywhere), optionally one organisation
-- and one person. After a transaction a custom setting is an empty string, not NULL: both mean that nothing is visible.
create or replace function mz_visible(area text, organisation bigint default null, person bigint default null)
returns boolean language plpgsql stable parallel safe as $$
declare
    ranges text := current_setting('mz.areas', true);
    own_organisation text := current_setting('mz.organisation', true);
    own_person text := current_setting('mz.person', true);
    range text;
begin
    if own_person <> '' then
        return person is not null and person = own_person::bigint;
    end if;
    if ranges is null or ranges = '' then
        return false;
    end if;
    if own_organisation <> '' and (organisation is null or organisation <> own_organisation::bigint) then
        return false;
    end if;
    if ranges = '*' then
        return true;
    end if;
    foreach range in array string_to_array(ranges, ',') loop
        if range <> '' and area >= range and area < range || ':' then
            return true;
        end if;
    end loop;
    return false;
end $$;
"""


class Protect(RunSQL):
    """Rows of `table` are seen and written only where their area (and organisation, person) is in the scope."""

    def __init__(self, table: str, *, area: str = "area_code", organisation: str = "", person: str = "") -> None:
        arguments = ", ".join([area, organisation or "null", person or "null"])
        self.table = table
        super().__init__(
            f"alter table {table} enable row level security;"
            f"create policy by_scope on {table} using (mz_visible({arguments})) with check (mz_visible({arguments}));",
            f"drop policy by_scope on {table}; alter table {table} disable row level security;",
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return (self.__class__.__name__, [self.table], {})


class AppendOnly(RunSQL):
    """Rows of `table` can be added and read, never changed or removed, whoever asks."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f"revoke update, delete, truncate on {table} from mz_app;"
            f"create trigger append_only before update or delete or truncate on {table}"
            " for each statement execute function mz_refuse_change();",
            f"drop trigger append_only on {table};",
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return (self.__class__.__name__, [self.table], {})


REFUSE_CHANGE = """
create or replace function mz_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'append_only: % holds history; add a row instead of changing one', tg_table_name
        using errcode = 'integrity_constraint_violation';
end $$;
"""

SUPERSEDE_ONCE = """
-- A row with two times is never edited: `superseded_at` is set once, from null, and nothing else changes.
create or replace function mz_supersede_once() returns trigger language plpgsql as $$
declare before_row jsonb; after_row jsonb;
begin
    before_row := to_jsonb(old) - 'superseded_at';
    after_row := to_jsonb(new) - 'superseded_at';
    if old.superseded_at is not null or new.superseded_at is null or before_row <> after_row then
        raise exception 'supersede_once: a row of % is corrected by a new row', tg_table_name
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
"""


class SupersedeOnce(RunSQL):
    """Rows of `table` are corrected by new rows: the old one's `superseded_at` is set once, from null."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f"revoke delete, truncate on {table} from mz_app;"
            f"create trigger supersede_once before update on {table}"
            " for each row execute function mz_supersede_once();",
            f"drop trigger supersede_once on {table};",
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return (self.__class__.__name__, [self.table], {})
