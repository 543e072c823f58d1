"""Random policies, rates and subjects: every node of the language, and facts at the edges."""

import datetime as dt
import random
from fractions import Fraction

from minzheng.policy import PolicyError, Rates, Subject, parse_policy, parse_rates

DAY = dt.date(2024, 2, 29)
KINDS = ("money", "int", "rate", "bool", "date", "code")
FACTS = {
    "income": "{type: money, min: -1000000, max: 1000000}",
    "savings": "{type: money, min: 0, max: 1000000}",
    "rooms": "{type: int, min: -6, max: 12}",
    "share": "{type: rate, min: -2, max: 2}",
    "owner": "bool",
    "since": "date",
    "kind": "{type: code, values: [a, b, c]}",
}
MEMBER_FACTS = {
    "wage": "{type: money, min: -1000000, max: 1000000}",
    "grade": "{type: int, min: -6, max: 12}",
    "part": "{type: rate, min: -2, max: 2}",
    "covered": "bool",
    "birth": "date",
    "role": "{type: code, values: [x, y]}",
}
RATES = {
    "standard": "{type: money, min: 0, max: 10000}",
    "keyed": "{type: money, min: 0, max: 10000, key: kind}",
    "by_role": "{type: rate, min: -2, max: 2, key: role}",
    "by_rooms": "{type: int, min: -20, max: 20, key: rooms}",
    "portion": "{type: rate, min: -2, max: 2}",
    "limit": "{type: int, min: -20, max: 20}",
    "cutoff": "date",
    "strict": "bool",
    "bands": "{type: money, min: 0, max: 10000, table: band, of: int}",
    "ages": "{type: int, min: -20, max: 20, table: band, of: date}",
    "shares": "{type: rate, min: -2, max: 2, table: band, of: rate}",
    "tiers": "{type: rate, min: 0, max: 2, table: marginal, of: money}",
    "per_room": "{type: money, min: 0, max: 10000, table: marginal, of: int}",
}
OF_KIND = {
    "money": (["income", "savings"], ["wage"], ["standard", "keyed"], []),
    "int": (["rooms"], ["grade"], ["by_rooms", "limit"], []),
    "rate": (["share"], ["part"], ["portion"], ["by_role"]),
    "bool": (["owner"], ["covered"], ["strict"], []),
    "date": (["since", "day"], ["birth"], ["cutoff"], []),
    "code": (["kind"], ["role"], [], []),
}
"""Per kind: household facts, member facts, rates, rates keyed by a member's fact."""


class Maker:
    """Draws everything from one source of randomness."""

    def __init__(self, source: random.Random) -> None:
        self.r = source
        self.steps: dict[str, tuple[str, str]] = {}
        self.member_steps: dict[str, tuple[str, str]] = {}

    # ---- expressions

    def expression(self, kind: str, depth: int, member: bool, inside: bool = False) -> str:
        """A formula of a kind; `inside` an aggregate no other aggregate may stand."""
        if depth == 0 or self.r.random() < 0.15:
            return self.leaf(kind, member)
        forms = self.forms(kind, depth - 1, member, inside)
        return self.r.choice(forms)()

    def leaf(self, kind: str, member: bool) -> str:
        own, members, rates, member_rates = OF_KIND[kind]
        names = [*own, *rates, *(n for n, (k, _) in self.steps.items() if k == kind)]
        if member:
            names += members * 3 + member_rates * 2 + [n for n, (k, _) in self.member_steps.items() if k == kind]
        literals = {"int": str(self.r.choice([0, 1, 2, 3, 7, 12])), "bool": self.r.choice(["true", "false"])}
        if kind in literals and self.r.random() < 0.2:
            return literals[kind]
        return self.r.choice(names)

    def forms(self, kind: str, depth: int, member: bool, inside: bool) -> list:
        def e(wanted: str) -> str:
            return self.expression(wanted, depth, member, inside)

        def unit() -> str:
            return self.r.choice(["fen", "jiao", "yuan", "5", "100"])

        common = [
            lambda: f"if({e('bool')}, {e(kind)}, {e(kind)})",
            lambda: f"case when {e('bool')} then {e(kind)} when {e('bool')} then {e(kind)} else {e(kind)} end",
            lambda: f"coalesce({e(kind)}, {e(kind)})",
        ]
        compared = [lambda: f"{self.r.choice(['min', 'max'])}({e(kind)}, {e(kind)}, {e(kind)})"]
        number = [
            lambda: f"({e(kind)} {self.r.choice('+-')} {e(kind)})",
            lambda: f"abs({e(kind)})",
            lambda: f"(- {e(kind)})",
        ]
        mode = self.r.choice(["round", "floor", "ceil"])
        forms = {
            "money": [
                *common, *compared, *number,
                lambda: f"({e('money')} * {e(self.r.choice(['int', 'rate']))})",
                lambda: f"({e('money')} / {e(self.r.choice(['int', 'rate']))})",
                lambda: f"{mode}({e('money')}, {unit()})",
                lambda: f"{mode}({e('money')} / {self.r.choice([3, 7, 12])}, {unit()})",
                lambda: f"band({e('int')}, bands)",
                lambda: f"marginal({e('money')}, tiers)",
                lambda: f"marginal({e('int')}, per_room)",
            ],
            "int": [
                *common, *compared, *number,
                lambda: f"({e('int')} * {e('int')})",
                lambda: f"{mode}({e('rate')})",
                lambda: f"age_on({e('date')}, {e('date')})",
                lambda: f"months_between({e('date')}, {e('date')})",
                lambda: f"band({e('date')}, ages)",
            ],
            "rate": [
                *common, *compared, *number,
                lambda: f"({e('money')} / {e('money')})",
                lambda: f"({e('int')} / {e('int')})",
                lambda: f"({e('rate')} * {e('rate')})",
                lambda: f"band({e('rate')}, shares)",
            ],
            "bool": [
                *common,
                lambda: f"({e('bool')} and {e('bool')})",
                lambda: f"({e('bool')} or {e('bool')})",
                lambda: f"(not {e('bool')})",
                lambda: self.comparison(depth, member, inside),
                lambda: self.comparison(depth, member, inside),
                lambda: f"({e('money')} between {e('money')} and {e('money')})",
                lambda: f"({e('int')} in ({e('int')}, 1, 2))",
                lambda: f"({e('code')} in ({e('code')}, 'a'))" if not member else f"({e('int')} not in (1, 3))",
            ],
            "date": [*common, *compared],
            "code": [*common],
        }[kind]  # fmt: skip
        if not member and not inside and kind in ("money", "int", "rate", "bool", "date"):
            forms = forms + [lambda: self.aggregate(kind, depth)] * 4
        return forms

    def comparison(self, depth: int, member: bool, inside: bool) -> str:
        kind = self.r.choice(["money", "int", "rate", "date", "bool"])
        op = self.r.choice(["=", "<>"] if kind == "bool" else ["=", "<>", "<", "<=", ">", ">="])
        left, right = (self.expression(kind, depth, member, inside) for _ in range(2))
        return f"({left} {op} {right})"

    def aggregate(self, kind: str, depth: int) -> str:
        def inner(wanted: str) -> str:
            return self.expression(wanted, min(depth, 2), True, inside=True)

        where = f" filter (where {inner('bool')})" if self.r.random() < 0.5 else ""
        if kind == "bool":
            return f"{self.r.choice(['any', 'all'])}({inner('bool')}){where}"
        if kind == "int" and self.r.random() < 0.5:
            return f"count(*){where}"
        operations = ["min", "max"] if kind == "date" else ["sum", "sum", "min", "max"]
        return f"{self.r.choice(operations)}({inner(kind)}){where}"

    # ---- policies

    def policy(self):
        """A policy that loads: a formula that is refused for its size or its denominator is drawn again, simpler."""
        for name in ("m1", "m2", "m3"):
            self.add(name, self.member_steps, member=True)
        for number in range(1, 7):
            self.add(f"s{number}", self.steps, member=False)
            if number == 3:
                self.add("m4", self.member_steps, member=True)
        conditions = [*self.conditions()]
        self.r.shuffle(conditions)
        amount = "0"
        for depth in (3, 2, 1, 0):
            amount = f"{self.r.choice(['round', 'floor', 'ceil'])}({self.expression('money', depth, False)}, yuan)"
            try:
                return parse_policy(self.text(conditions, amount), "random")
            except PolicyError:
                continue
        return parse_policy(self.text(conditions, "floor(income, fen)"), "random")

    def add(self, name: str, where: dict, *, member: bool) -> None:
        for depth in (4, 3, 3, 2, 2, 1, 1, 0):
            kind = self.r.choice(KINDS)
            where[name] = (kind, self.expression(kind, depth, member))
            try:
                parse_policy(self.text([*self.conditions()], "floor(income, fen)"), "random")
                return
            except PolicyError as error:
                assert error.code in REFUSALS, f"{error}\n{where[name]}"
                del where[name]
        where[name] = ("money", "wage" if member else "income")

    def conditions(self):
        """Everything is used, so that every step reaches a result."""
        for name, (kind, _) in self.steps.items():
            yield (
                f"on_{name}",
                {
                    "money": f"{name} >= 0",
                    "int": f"{name} <> 3",
                    "rate": f"{name} < portion",
                    "bool": name,
                    "date": f"{name} <= day",
                    "code": f"{name} = 'a'",
                }[kind],
            )
        for name, (kind, _) in self.member_steps.items():
            yield (
                f"on_{name}",
                {
                    "money": f"any({name} <> 0)",
                    "int": f"any({name} <> 3)",
                    "rate": f"all({name} < portion)",
                    "bool": f"any({name})",
                    "date": f"any({name} <= day)",
                    "code": f"count(*) filter (where {name} = 'x') <= 1",
                }[kind],
            )

    def text(self, conditions, amount: str) -> str:
        lines = ["programme: random", "name: random", "unit: household", "versions:", "  - from: 2000-01-01"]
        for key, specs in (("facts", FACTS), ("member_facts", MEMBER_FACTS), ("rates", RATES)):
            lines += [f"    {key}:", *(f"      {name}: {spec}" for name, spec in specs.items())]
        for key, steps in (("member_steps", self.member_steps), ("steps", self.steps)):
            lines += [f"    {key}:", *(f'      {name}: "{text}"' for name, (_, text) in steps.items())] if steps else []
        lines += ["    conditions:", *(f'      {name}: "{text}"' for name, text in conditions)] if conditions else []
        return "\n".join([*lines, f'    amount: "{amount}"'])

    # ---- rates and subjects

    def rates(self) -> Rates:
        lines = []
        for name, spec in RATES.items():
            lines.append(f"{name}:")
            if self.r.random() < 0.95:
                lines.append(self.entry(name, spec, "'*'", "", "1999-01-01", certain=True))
            for area in ("'*'", "'99'", "'9901'"):
                for residence in ("", "urban", "rural"):
                    for since in ("2000-01-01", "2024-02-29", "2024-03-01"):
                        if self.r.random() < 0.2:
                            lines.append(self.entry(name, spec, area, residence, since))
            if lines[-1] == f"{name}:":
                lines.append(self.entry(name, spec, "'9902'", "", "2000-01-01"))
        return parse_rates("\n".join(lines), "random rates")

    def entry(self, name: str, spec: str, area: str, residence: str, since: str, *, certain: bool = False) -> str:
        key = next((word for word in ("kind", "role", "rooms") if f"key: {word}" in spec), None)
        categories = {"kind": ["a", "b", ""], "role": ["x", "y", ""], "rooms": ["1", "-2", ""]}.get(key, [""])
        category = "" if certain else self.r.choice(categories)
        parts = [f"area: {area}", f"from: {since}", f"value: {self.rate_value(name, spec)}"]
        parts += [f"residence: {residence}"] if residence else []
        parts += [f"category: '{category}'"] if category else []
        return f"  - {{{', '.join(parts)}}}"

    def rate_value(self, name: str, spec: str) -> str:
        if "table" in spec:
            lows = {
                "bands": ["-3", "0", "2", "7"], "ages": ["1990-01-01", "2000-02-29", "2020-12-31"],
                "shares": ["-1.5", "0", "0.333333"], "tiers": ["-500", "0", "0.01", "1000.50"],
                "per_room": ["-2", "1", "4"],
            }[name]  # fmt: skip
            lows = (
                [{"ages": "1800-01-01", "shares": "-9"}.get(name, "-10000"), *lows] if self.r.random() < 0.5 else lows
            )
            rows = sorted({0, *self.r.sample(range(len(lows)), self.r.randint(1, len(lows)))})
            kind = spec.split("type: ")[1].split(",")[0]
            return "[" + ", ".join(f"{{from: {lows[row]}, value: {self.number(kind)}}}" for row in rows) + "]"
        kind = spec.split("type: ")[1].split(",")[0] if "type" in spec else spec
        return self.number(kind)

    def number(self, kind: str) -> str:
        match kind:
            case "money":
                return self.r.choice(["0", "560", "0.01", "333.33", "10000"])
            case "rate":
                return self.r.choice(["0", "0.1", "0.333333", "1", "2", "0.000001"])
            case "int":
                return self.r.choice(["0", "1", "-3", "20"])
            case "date":
                return self.r.choice(["1990-01-01", "2024-02-29"])
        return self.r.choice(["true", "false"])

    def subjects(self, count: int) -> list[Subject]:
        found = [self.subject(str(number), self.r.choice([0, 1, 2, 2, 3, 4])) for number in range(count)]
        return [*found, self.subject("crowd", 101), self.subject("most", 100)]

    def subject(self, name: str, members: int) -> Subject:
        facts = {fact: self.value(spec) for fact, spec in FACTS.items()}
        for rate in ("standard", "portion", "limit", "cutoff", "strict", "keyed"):
            if self.r.random() < 0.1:
                facts[rate] = self.value(RATES[rate])
        area = self.r.choice(["990101", "990201", "9901", "99", "11"])
        people = [{fact: self.value(spec) for fact, spec in MEMBER_FACTS.items()} for _ in range(members)]
        return Subject(name, area, self.r.choice(["urban", "rural", "rural", None]), facts, people)

    def value(self, spec: str):
        if self.r.random() < 0.01:
            return None
        kind = spec.split("type: ")[1].split(",")[0] if "type" in spec else spec
        beyond = self.r.random() < 0.003
        match kind:
            case "money":
                edges = [
                    0,
                    1,
                    -1,
                    50,
                    -50,
                    149,
                    150,
                    -250,
                    99999,
                    56000,
                    -333333,
                    10**6,
                    self.r.randint(-(10**6), 10**6),
                ]
                value = 10**30 if beyond else self.r.choice(edges)
                return abs(value) if "min: 0" in spec else value
            case "int":
                return 10**20 if beyond else self.r.choice([0, 0, 1, 1, 2, 3, 5, -1, -2, 12])
            case "rate":
                return (
                    Fraction(1, 3) if beyond else Fraction(self.r.choice([0, 1, -1, 333333, 500000, 2 * 10**6]), 10**6)
                )
            case "bool":
                return self.r.random() < 0.6
            case "date":
                days = [
                    "1900-01-01",
                    "1996-02-29",
                    "2000-02-29",
                    "2024-02-28",
                    "2024-02-29",
                    "2024-03-01",
                    "2023-01-31",
                ]
                return dt.date(1500, 1, 1) if beyond else dt.date.fromisoformat(self.r.choice(days))
        codes = ["a", "b", "c"] if "[a" in spec else ["x", "y"]
        return "'; drop" if beyond else self.r.choice(codes)


REFUSALS = {
    "policy.overflow",
    "policy.aggregate_denominator",
    "policy.aggregate_constant",
    "policy.types",
    "policy.branches",
    "policy.wanted_type",
    "policy.unlisted_code",
}
