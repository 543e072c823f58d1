"""`minzheng explain`: one household's decision, step by step, in the terminal, as HTML or as Word."""

import contextlib
import datetime as dt
import re
import sys
from pathlib import Path

import click

from minzheng.areas.divisions import names_of
from minzheng.policy.commands.common import (
    FILE,
    ROWS_IN_ERROR,
    language,
    mention_unread,
    rates_of,
    refusals,
    vocabulary_of,
)
from minzheng.policy.errors import PolicyError
from minzheng.policy.explain import Explanation
from minzheng.policy.explain import explain as explain_subject
from minzheng.policy.faults import LANGUAGES
from minzheng.policy.files import NAME, read_subject, unused_columns
from minzheng.policy.load import load_policy
from minzheng.policy.sheet import Sheet, html, present, terminal, word

FORMATS = {"text": ".txt", "html": ".html", "docx": ".docx"}
ENDINGS = {ending: name for name, ending in FORMATS.items()} | {".htm": "html"}


@click.command()
@click.argument("policy", type=FILE)
@click.argument("facts", type=FILE)
@click.option("--id", "wanted", required=True, help="The household (or person) of FACTS.")
@click.option("--members", type=FILE, help="Member facts, joined by id; a column `name` says who each is.")
@click.option("--rates", type=FILE, multiple=True, help="Rates files, later ones over earlier; default: beside POLICY.")
@click.option("--on", "on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day assessed.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), help="Default: what --out ends in, else text.")
@click.option("--out", type=FILE, help="Default: the terminal for text, a file named after programme and id otherwise.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Default: the terminal's language.")
def explain(
    policy: Path,
    facts: Path,
    wanted: str,
    members: Path | None,
    rates: tuple[Path, ...],
    on: dt.datetime,
    form: str | None,
    out: Path | None,
    lang: str | None,
) -> None:
    """Explain what POLICY gives one household of FACTS: every step with its numbers, its clause and its rates.

    Exit code 3 where it cannot be computed; the explanation then says what is missing.
    """
    said_in = lang or language()
    with refusals(said_in):
        form = form_of(form, out)
        law = load_policy(policy, vocabulary_of(policy))
        day = on.date()
        version = law.version_on(day)
        subject = read_subject(facts, members, version, wanted.strip())
        found = explain_subject(law, rates_of(policy, rates), subject, day)
        sheet = present(found, said_in, places=places_of(found))
        if form == "text" and out is None:
            with contextlib.suppress(AttributeError):
                sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
            terminal.write(sheet)
        else:
            path = out or Path(file_name(found, FORMATS[form]))
            save(path, content_of(sheet, form))
            click.echo(str(path), err=True)
        mention_unread(facts, (one for one in unused_columns(facts, version) if one != NAME), said_in)
    if found.error:
        sys.exit(ROWS_IN_ERROR)


def form_of(form: str | None, out: Path | None) -> str:
    """text, html or docx. Raises PolicyError where the file's ending is none of theirs, or another's."""
    if out is None:
        return form or "text"
    named = ENDINGS.get(out.suffix.lower())
    if named is None or form not in (None, named):
        raise PolicyError("out_ending", file=str(out))
    return named


def places_of(found: Explanation) -> dict[str, str]:
    """Names of the subject's area, whole, and of the areas whose rates were used."""
    areas = {found.area[:digits] for digits in (2, 4, 6, 9, 12) if digits <= len(found.area)}
    names = names_of(areas | {rate.area for line in found.lines for rate in line.rates})
    above = [names[code] for code in sorted(areas, key=len) if code in names]
    return names | ({found.area: "".join(above)} if above else {})


def file_name(found: Explanation, ending: str) -> str:
    """`dibao-1024-2024-05-01.html`; what an id holds besides letters, digits and - cannot name a folder."""
    plain = re.sub(r"[^\w-]+", "_", found.subject)[:80]
    return f"{found.programme}-{plain}-{found.on}{ending}"


def content_of(sheet: Sheet, form: str) -> bytes:
    if form == "docx":
        return word.document(sheet)
    return (html.page(sheet) if form == "html" else terminal.text(sheet)).encode()


def save(path: Path, content: bytes) -> None:
    """The file appears whole or not at all."""
    scratch = path.with_name(f".{path.name}.part")
    try:
        scratch.write_bytes(content)
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise PolicyError("cannot_write", file=str(path), detail=error.strerror or str(error)) from None
