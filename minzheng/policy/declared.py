"""The names that one version of a policy declares."""

from minzheng.policy.parse import name_problem
from minzheng.policy.source import Reader

MOST_NAMES = 1000
"""Facts, rates and formulas of one version, at most."""


class Declared:
    """Names of one version: usable, and each used once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.where: dict[str, str] = {"amount": "amount"}

    def add(self, name: str, section: str, line: int) -> None:
        problem = name_problem(name)
        if problem:
            raise self.reader.error("bad_name", line=line, name=name, reason_zh=problem[0], reason_en=problem[1])
        if name in self.where:
            raise self.reader.error("name_twice", line=line, name=name, other=self.where[name])
        if len(self.where) > MOST_NAMES:
            size = len(self.where)
            raise self.reader.error("too_many", line=line, size=size, what_zh="名称", what_en="names", most=MOST_NAMES)
        self.where[name] = section
