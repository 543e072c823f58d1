"""Invented people, from a seed: names put together from common characters, ages that fit, families that hang together.

Identity numbers are of the invented division 990101 (GB 11643, right check character), accounts and telephone numbers
of ranges that no bank and no operator uses. Nobody here is a real person.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from minzheng.core import idnumber
from minzheng.scenario import places

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
)
MIDDLE = "国建文明志德永春秀玉桂金正世家光兴福祥宝凤兰淑月翠清长广庆万有学仁义忠传继绍大立新成全"
MALE_LAST = "强军平华林山海峰勇刚斌涛波富贵发财田民生根柱才良和顺安康龙虎松柏河江"
FEMALE_LAST = "英兰芳梅珍凤云霞莲香琴娥菊花萍玲红艳秀芝翠仙贞巧莉娟燕"
YOUNG = "子雨欣浩宇轩梓涵一诺佳怡俊杰思远嘉乐天佑晨曦若彤博文可馨睿泽依然安琪"
BANK = "示例农村商业银行（虚构）"
SINCE = dt.date(2025, 1, 1)


@dataclass(frozen=True)
class PersonRow:
    """One invented person before they are registered. `facts`: what is known of them from the year's start."""

    name: str
    sex: str
    birth: dt.date
    number: str
    village: str
    address: str
    account: str
    phone: str
    facts: dict[str, Any] = field(default_factory=dict, compare=False)

    def age(self, on: dt.date = SINCE) -> int:
        return on.year - self.birth.year - ((on.month, on.day) < (self.birth.month, self.birth.day))


@dataclass(frozen=True)
class FamilyRow:
    """One family: members with their relation to the head, the head first; facts of the family."""

    number: str
    village: str
    address: str
    members: tuple[tuple[PersonRow, str], ...]
    facts: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def head(self) -> PersonRow:
        return self.members[0][0]


class Inventor:
    """Makes people; the same seed makes the same ones. `year`: the year they live through."""

    def __init__(self, seed: int, year: int) -> None:
        self.random = random.Random(seed)
        self.year = year
        self._sequences: dict[dt.date, int] = {}
        self._people = 0
        self._families = 0

    def person(
        self,
        ages: tuple[int, int],
        *,
        sex: str | None = None,
        home: tuple[str, int] | None = None,
        surname: str | None = None,
        birthday_after: dt.date | None = None,
        **facts: Any,
    ) -> PersonRow:
        """Somebody whose age stays within `ages` (completed years) through the whole year."""
        sex = sex or self.random.choice(("male", "female"))
        return self.born(self._birth(ages), sex, home=home, surname=surname, **facts)

    def born(
        self,
        birth: dt.date,
        sex: str,
        *,
        home: tuple[str, int] | None = None,
        surname: str | None = None,
        **facts: Any,
    ) -> PersonRow:
        """Somebody born on this day."""
        village, group = home or self.home()
        self._people += 1
        return PersonRow(
            name=self._name(sex, birth.year, surname),
            sex=sex,
            birth=birth,
            number=self._number(birth, sex),
            village=village,
            address=places.address(village, group),
            account=f"990101{self._people:013d}",
            phone=f"199{self._people:08d}",
            facts=facts,
        )

    def family(self, members: Sequence[tuple[PersonRow, str]], *, prefix: str = "AH", **facts: Any) -> FamilyRow:
        """These people as one family, its file number in order."""
        self._families += 1
        head = members[0][0]
        number = f"{prefix}{head.village[-3:]}{self._families:05d}"
        return FamilyRow(number, head.village, head.address, tuple(members), facts)

    def home(self) -> tuple[str, int]:
        """A village, large ones more often, and a group in it."""
        village = self.random.choices(list(places.VILLAGES), places.SIZES)[0]
        return village, self.random.randint(1, places.GROUPS)

    def _birth(self, ages: tuple[int, int]) -> dt.date:
        """A birthday such that the age is within bounds on 1 January and on 31 December."""
        youngest, oldest = ages
        first, last = dt.date(self.year - oldest, 1, 1), dt.date(self.year - youngest - 1, 12, 31)
        last = min(max(last, first), dt.date(self.year - 1, 12, 28))
        return first + dt.timedelta(self.random.randint(0, (last - first).days))

    def _number(self, birth: dt.date, sex: str) -> str:
        """The next free sequence of the day, odd for men."""
        sequence = self._sequences.get(birth, 1)
        if sequence % 2 != (sex == "male"):
            sequence += 1
        self._sequences[birth] = sequence + 1
        return idnumber.make(places.COUNTY, birth, sequence)

    def _name(self, sex: str, born: int, surname: str | None) -> str:
        surname = surname or self.random.choice(SURNAMES)
        if born >= 2000:
            return surname + self.random.choice(YOUNG) + self.random.choice(YOUNG)
        last = self.random.choice(MALE_LAST if sex == "male" else FEMALE_LAST)
        return surname + (self.random.choice(MIDDLE) if self.random.random() < 0.8 else "") + last
