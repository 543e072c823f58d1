"""Checks of a whole version: order and cycles, what nothing uses, sizes, rounding of the amount."""

from collections.abc import Mapping

from minzheng.policy import tree as t
from minzheng.policy.errors import FormulaError
from minzheng.policy.model import Formula, Version
from minzheng.policy.parse import names_in
from minzheng.policy.shapes import Scope, Shape, shape
from minzheng.policy.source import Reader


def in_order(texts: Mapping[str, str], lines: Mapping[str, int], reader: Reader) -> list[str]:
    """Step names, each after those it mentions. Raises PolicyError naming a cycle or a formula that cannot be read."""
    mentions = {}
    for name, text in texts.items():
        try:
            mentions[name] = sorted(names_in(text) & texts.keys())
        except FormulaError as error:
            raise reader.error(error.code, line=lines[name], step=name, **error.values) from None
    done: dict[str, None] = {}
    for name in texts:
        _visit(name, mentions, done, lines, reader)
    return list(done)


def _visit(
    start: str, mentions: Mapping[str, list[str]], done: dict[str, None], lines: Mapping[str, int], reader: Reader
) -> None:
    """Depth first, without recursion: a chain of steps may be longer than Python's stack."""
    path = {start: iter(mentions[start])}
    while path and start not in done:
        name, others = next(reversed(path.items()))
        other = next((one for one in others if one not in done), None)
        if other is None:
            del path[name]
            done[name] = None
        elif other in path:
            names = list(path)
            circle = [*names[names.index(other) :], other]
            raise reader.error("cycle", line=lines[other], step=other, path=" → ".join(circle))
        else:
            path[other] = iter(mentions[other])


def scope_of(version: Version) -> Scope:
    """The bounds of every step of a version, for `shapes.shape`. Raises FormulaError."""
    steps: dict[str, Shape] = {}
    member_steps: dict[str, Shape] = {}
    scope = Scope(version.facts, version.member_facts, version.rates, steps, member_steps)
    waiting = [*((one, member_steps) for one in version.member_steps.values())]
    waiting += [(one, steps) for one in version.steps.values()]
    while waiting:
        # A member's step may stand on a step of the household and the other way round.
        ready = [pair for pair in waiting if not _needs(pair[0]) - steps.keys() - member_steps.keys()]
        for formula, target in ready:
            target[formula.name] = _shape_of(formula, scope)
        waiting = [pair for pair in waiting if pair not in ready]
    return scope


def check_version(version: Version, reader: Reader) -> None:
    """Raises PolicyError for what no single formula shows."""
    _check_unused(version, reader)
    _check_depth(version, reader)
    try:
        scope = scope_of(version)
        for formula in (*version.conditions.values(), version.amount):
            amount = _shape_of(formula, scope)
    except _InStep as found:
        raise reader.error(
            found.error.code, line=found.formula.line, step=found.formula.name, **found.error.values
        ) from None
    if amount.den != 1:
        raise reader.error("unrounded", line=version.amount.line, step="amount")


DEEPEST = 150
"""How deep a formula may be with the steps it stands on written out: engines and explanations recurse."""


def _check_depth(version: Version, reader: Reader) -> None:
    depths: dict[str, int] = {}
    waiting = [one for one, _ in version.formulas()]
    while waiting:
        ready = [one for one in waiting if _needs(one) <= depths.keys()]
        for formula in ready:
            depths[formula.name] = _depth(formula.tree, depths)
            if depths[formula.name] > DEEPEST:
                raise reader.error("too_deep", line=formula.line, step=formula.name, most=DEEPEST)
        waiting = [one for one in waiting if one.name not in depths]


def _depth(node: t.Node, depths: Mapping[str, int]) -> int:
    if isinstance(node, t.StepRef):
        return 1 + depths[node.name]
    return 1 + max((_depth(child, depths) for child in node.children()), default=0)


def _needs(formula: Formula) -> set[str]:
    return {node.name for node in formula.tree.walk() if isinstance(node, t.StepRef)}


class _InStep(Exception):
    def __init__(self, formula: Formula, error: FormulaError) -> None:
        super().__init__(formula.name)
        self.formula, self.error = formula, error


def _shape_of(formula: Formula, scope: Scope) -> Shape:
    try:
        return shape(formula.tree, scope)
    except FormulaError as error:
        raise _InStep(formula, error) from error


def used_names(version: Version) -> set[str]:
    """Every fact, rate and step that the amount or a condition reaches."""
    used: set[str] = set()
    everything = {**version.steps, **version.member_steps}
    waiting: list[Formula] = [version.amount, *version.conditions.values()]
    while waiting:
        for node in waiting.pop().tree.walk():
            name = getattr(node, "name", None)
            if name is not None and name not in used:
                used.add(name)
                if isinstance(node, t.StepRef):
                    waiting.append(everything[name])
    return used | {spec.key for name, spec in version.rates.items() if name in used and spec.key}


def _check_unused(version: Version, reader: Reader) -> None:
    """Steps only: a fact that nothing uses yet is for `policy check` to mention."""
    used = used_names(version)
    for section, zh, en in (("steps", "步骤", "step"), ("member_steps", "成员步骤", "member step")):
        for name, step in getattr(version, section).items():
            if name not in used:
                raise reader.error("unused", line=step.line, step=name, name=name, what_zh=zh, what_en=en)
