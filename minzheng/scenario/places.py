"""The invented places: province, prefecture and county 99…, the township 安和镇 with its villages, and a neighbour."""

from minzheng.areas.divisions import Division, division

PROVINCE, PREFECTURE, COUNTY = "99", "9901", "990101"
TOWN = "990101101"
NEIGHBOUR = "990101102"
TOWN_NAME = "安和镇"

VILLAGES = {
    f"{TOWN}{201 + number}": name
    for number, name in enumerate(
        (
            "柳庄村",
            "河湾村",
            "石桥村",
            "槐树村",
            "东沟村",
            "西坡村",
            "南岭村",
            "北塘村",
            "青山村",
            "长渠村",
            "新泉村",
            "大埠村",
            "白果村",
            "杏林村",
            "双井村",
        )
    )
}
"""Name by code of the fifteen villages."""

NEIGHBOURS = {f"{NEIGHBOUR}201": "东岭村", f"{NEIGHBOUR}202": "平湖村"}

SIZES = (14, 12, 11, 10, 9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4)
"""How many people live in one village compared with the next."""

GROUPS = 6
"""Village groups (村民小组)."""


def divisions() -> list[Division]:
    """All invented divisions, parents before children."""
    named = {
        PROVINCE: "示例省（虚构）",
        PREFECTURE: "示例市（虚构）",
        COUNTY: "示例县（虚构）",
        TOWN: TOWN_NAME,
        NEIGHBOUR: "平川镇",
        **VILLAGES,
        **NEIGHBOURS,
    }
    return [division(code, name) for code, name in named.items()]


def name(code: str) -> str:
    """A village by its code."""
    return {**VILLAGES, **NEIGHBOURS}[code]


def address(village: str, group: int) -> str:
    """安和镇柳庄村3组."""
    town = TOWN_NAME if village.startswith(TOWN) else "平川镇"
    return f"{town}{name(village)}{group}组"
