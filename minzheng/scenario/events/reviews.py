"""Reviews: life checks, reviews by class, random samples. A line goes by the party whose benefit it is about."""

from collections.abc import Sequence

from minzheng.awards.reviews import clearing, results, rounds, samples, unverified
from minzheng.awards.reviews.models import ReviewFinding, ReviewLine
from minzheng.awards.reviews.rules import load
from minzheng.scenario import forms, places
from minzheng.scenario.events.entitlements import awards_of
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event


@event("open_round")
def open_round(play: Play, *, kind: forms.Words, programme: forms.Programme = "dibao", seed: forms.Words = "") -> None:
    """A round is opened in the township for the period that holds today; who was met for something else is cleared.
    `kind` is one of the programme's reviews.yaml; a sample is drawn by the county, by `seed`."""
    sample = load(programme).on(play.today).kind(kind).is_sample
    with play.acting("reviewer" if sample else "handler", places.TOWN) as user:
        rounds.open_rounds(by=user, programme=programme, kind=kind, area=places.TOWN, seed=seed)


@event("match_round")
def match_round(play: Play, *, of: forms.PartyName, kind: forms.Words, programme: forms.Programme = "dibao") -> None:
    """The data of the party's round is matched again: contacts since, deaths, awards that have ended."""
    [line] = _lines(play, [of], programme, kind)
    with play.acting("handler", line.area_id) as user:
        clearing.clear(by=user, review=line.round)


@event("reviewed")
def reviewed(
    play: Play,
    *,
    of: forms.PartyNames,
    kind: forms.Words,
    method: forms.Words,
    programme: forms.Programme = "dibao",
    found_on: forms.Day | None = None,
    note: forms.Words = "",
) -> None:
    """These parties were verified, by which `method` of reviews.yaml; whoever was suspended is paid again."""
    lines = _lines(play, of, programme, kind)
    with play.acting("handler", lines[0].area_id) as user:
        results.record(
            by=user, review=lines[0].round, lines=_keys(lines), method=method, on=found_on or play.today, note=note
        )


@event("review_change")
def review_change(
    play: Play,
    *,
    of: forms.PartyName,
    kind: forms.Words,
    method: forms.Words,
    note: forms.Words,
    programme: forms.Programme = "dibao",
) -> None:
    """Something is no longer as it was: the work list asks for a change of the benefit."""
    [line] = _lines(play, [of], programme, kind)
    with play.acting("handler", line.area_id) as user:
        results.record_change(by=user, line=line, method=method, on=play.today, note=note)


@event("review_death")
def review_death(
    play: Play,
    *,
    of: forms.PersonName,
    kind: forms.Words,
    died: forms.Day | None = None,
    programme: forms.Programme = "dibao",
) -> None:
    """The review finds that the recipient has died: it waits to be verified, as any report does."""
    [line] = _lines(play, [of], programme, kind)
    with play.acting("handler", line.area_id) as user:
        results.record_death(by=user, line=line, died_on=died or play.today)
        play.person(of).refresh_from_db()


@event("take_back_result")
def take_back_result(
    play: Play, *, of: forms.PartyNames, kind: forms.Words, note: forms.Words, programme: forms.Programme = "dibao"
) -> None:
    """A result that was entered by mistake: the line is open again."""
    lines = _lines(play, of, programme, kind)
    with play.acting("handler", lines[0].area_id) as user:
        results.take_back(by=user, review=lines[0].round, lines=_keys(lines), note=note)


@event("warn")
def warn(play: Play, *, of: forms.PartyNames, kind: forms.Words, programme: forms.Programme = "dibao") -> None:
    """A written warning to who could not be verified in time."""
    lines = _lines(play, of, programme, kind)
    with play.acting("handler", lines[0].area_id) as user:
        unverified.warn(by=user, review=lines[0].round, lines=_keys(lines))


@event("serve_warning")
def serve_warning(
    play: Play,
    *,
    of: forms.PartyNames,
    kind: forms.Words,
    programme: forms.Programme = "dibao",
    served_on: forms.Day | None = None,
) -> None:
    """The warning was served; its time runs from that day."""
    lines = _lines(play, of, programme, kind)
    with play.acting("handler", lines[0].area_id) as user:
        unverified.serve(by=user, review=lines[0].round, lines=_keys(lines), on=served_on or play.today)


@event("suspend")
def suspend(play: Play, *, of: forms.PartyNames, kind: forms.Words, programme: forms.Programme = "dibao") -> None:
    """The time has run out: what they are paid next is held until they are verified."""
    lines = _lines(play, of, programme, kind)
    with play.acting("handler", lines[0].area_id) as user:
        unverified.suspend(by=user, review=lines[0].round, lines=_keys(lines))


@event("finding")
def finding(
    play: Play,
    *,
    of: forms.PartyName,
    kind: forms.Words,
    found: forms.Words,
    remedy: forms.Words,
    programme: forms.Programme = "dibao",
    due_on: forms.Day | None = None,
) -> None:
    """What the county found wrong, and what must be put right: by `due_on`, or within the days of the rule."""
    [line] = _lines(play, [of], programme, kind)
    with play.acting("reviewer", line.area_id) as user:
        samples.record_finding(by=user, line=line, found=found, remedy=remedy, due_on=due_on)


@event("rectify")
def rectify(
    play: Play, *, of: forms.PartyName, kind: forms.Words, how: forms.Words, programme: forms.Programme = "dibao"
) -> None:
    """The newest finding about the party was put right, and how."""
    [line] = _lines(play, [of], programme, kind)
    with play.acting("handler", line.area_id) as user:
        newest = ReviewFinding.objects.filter(line=line).order_by("-pk").first()
        if newest is None:
            raise play.fault("no_line", name=of, kind=kind, programme=programme)
        samples.rectify(by=user, finding=newest, how=how)


def line_of(play: Play, of: str, programme: str, kind: str) -> ReviewLine | None:
    """The party's line in the newest round of a kind."""
    lines = ReviewLine.objects.filter(
        award__in=awards_of(play, of, programme), round__programme=programme, round__kind=kind
    )
    return lines.select_related("round", "award", "person").order_by("-pk").first()


def _lines(play: Play, of: Sequence[str], programme: str, kind: str) -> list[ReviewLine]:
    """The lines of these parties. Refuses one that is in no round of this kind."""
    found = []
    with play.acting("handler", places.TOWN):
        for name in of:
            line = line_of(play, name, programme, kind)
            if line is None:
                raise play.fault("no_line", name=name, kind=kind, programme=programme)
            found.append(line)
    return found


def _keys(lines: Sequence[ReviewLine]) -> list[int]:
    return [line.pk for line in lines]
