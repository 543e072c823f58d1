"""Names by pinyin and initials: what somebody may type to find a person.

A surname is read as a surname (单 Shan, 仇 Qiu, 解 Xie), and where families differ (覃 Qin or Tan) every reading finds
the person; the first one is shown.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product

from pypinyin import lazy_pinyin

# Surnames whose reading is not the usual one of the character, or not the only one.
_SURNAMES = """
单shan 仇qiu 解xie 曾zeng 查zha 区ou 朴piao 盖ge/gai 繁po 乐yue/le 覃qin/tan 翟zhai/di 黑he/hei 宓mi/fu
洗xian 缪miao/mou 员yun/yuan 折she/zhe 重chong 隗wei/kui 召shao/zhao 秘bi/mi 种chong 祭zhai/ji
柏bai/bo 薄bo 卜bu 谌chen/shen 郗xi/chi 都du 费fei/bi 角jue/jiao 阚kan 郇xun/huan 隽juan/jun 佴nai
乜nie 强qiang/jiang 莘shen/xin 牟mou/mu 句gou 适kuo 藏zang 逢pang/feng 炅gui 圈juan 颉xie/jie 便pian
郄qie/xi 能nai 长zhang/chang 蕃pi/fan 孛bei/bo
"""
_COMPOUND_SURNAMES = """
欧阳ou-yang 司马si-ma 上官shang-guan 诸葛zhu-ge 东方dong-fang 皇甫huang-fu 尉迟yu-chi 公孙gong-sun 慕容mu-rong
令狐ling-hu 长孙zhang-sun 宇文yu-wen 司徒si-tu 司空si-kong 夏侯xia-hou 独孤du-gu 端木duan-mu 轩辕xuan-yuan 百里bai-li
呼延hu-yan 万俟mo-qi 澹台tan-tai 单于chan-yu 太史tai-shi 申屠shen-tu 公羊gong-yang 濮阳pu-yang 淳于chun-yu 钟离zhong-li
闻人wen-ren 赫连he-lian 宗政zong-zheng 拓跋tuo-ba 鲜于xian-yu 亓官qi-guan 南宫nan-gong 西门xi-men 第五di-wu 纳兰na-lan
完颜wan-yan 东郭dong-guo 南郭nan-guo 梁丘liang-qiu 左丘zuo-qiu 公冶gong-ye 巫马wu-ma 颛孙zhuan-sun 仲孙zhong-sun
"""
# Given-name characters that are read in more than one way, the one usual in names first.
_GIVEN = """
乐le/yue 行xing/hang 重chong/zhong 长chang/zhang 朝chao/zhao 晟sheng/cheng 茜qian/xi 莎sha/suo 盛sheng/cheng
传chuan/zhuan 仔zi/zai 柏bai/bo 颉jie/xie
"""


def _readings(table: str) -> dict[str, tuple[str, ...]]:
    return {entry[0]: tuple(entry[1:].split("/")) for entry in table.split()}


SURNAMES = _readings(_SURNAMES)
GIVEN = _readings(_GIVEN)
COMPOUND_SURNAMES = {entry[:2]: tuple(entry[2:].split("-")) for entry in _COMPOUND_SURNAMES.split()}

MOST_VARIANTS = 16
"""So many spellings of one name are indexed at most."""

_DROPPED = re.compile(r"[\s·•・‧∙⋅.。,，'’\-]+")
_SEPARATORS = re.compile(r"[·•・‧∙⋅.。]")


def full(name: str) -> str:
    """The name in pinyin without tones or spaces: 单雄信 → `shanxiongxin`; ü is v."""
    return "".join(syllable[0] for syllable in _syllables(name))


def initials(name: str) -> str:
    """The first letters: 欧阳修 → `oyx`."""
    return "".join(syllable[0][0] for syllable in _syllables(name))


def search_token(text: str) -> str:
    """What somebody typed, in the form of the tokens: plain letters, lower case, no spaces, dots or hyphens."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v").replace("u:", "v")
    return _DROPPED.sub("", plain)


def search_tokens(name: str) -> set[str]:
    """Every token that finds this name by equality with `search_token(typed)`.

    The name and each beginning of it; its pinyin and each beginning from two letters on; its initials and each
    beginning; the given name alone, in characters and in pinyin; each part of a name with a dot, with its beginnings.
    """
    plain = search_token(name)
    syllables = _syllables(name)
    tokens = set(_beginnings(plain))
    for spelling in _spellings(syllables):
        tokens.update(_beginnings("".join(spelling), least=2))
        tokens.update(_beginnings("".join(syllable[0] for syllable in spelling)))
    surname = _surname_length(plain)
    if not _has_parts(name) and not plain.isascii() and len(plain) - surname >= 2:
        tokens.add(plain[surname:])
        tokens.update("".join(spelling) for spelling in _spellings(syllables[surname:]))
    if _has_parts(name):
        for part in filter(None, map(search_token, _SEPARATORS.split(name))):
            tokens.update(_beginnings(part))
            tokens.update(_beginnings("".join(_read(part)), least=2))
    return tokens


def _has_parts(name: str) -> bool:
    return _SEPARATORS.search(name.strip()) is not None


def _surname_length(plain: str) -> int:
    return 2 if plain[:2] in COMPOUND_SURNAMES and len(plain) > 2 else 1


def _syllables(name: str) -> tuple[tuple[str, ...], ...]:
    return _all_readings(search_token(name), _has_parts(name))


@lru_cache(maxsize=4096)
def _all_readings(plain: str, has_parts: bool) -> tuple[tuple[str, ...], ...]:
    """For each character its readings, the usual one first. Names with a dot have no Chinese surname."""
    if not plain:
        return ()
    if has_parts:
        return tuple((reading,) for reading in _read(plain))
    length = _surname_length(plain)
    surname: tuple[tuple[str, ...], ...]
    if length == 2:
        surname = tuple((reading,) for reading in COMPOUND_SURNAMES[plain[:2]])
    else:
        surname = (SURNAMES.get(plain[0]) or (_read(plain[0])[0],),)
    given = plain[length:]
    return surname + tuple(
        tuple(dict.fromkeys((*GIVEN.get(character, ()), reading)))
        for character, reading in zip(given, _read(given), strict=True)
    )


def _read(text: str) -> list[str]:
    """The library's reading of each character, in its context; what is not Chinese stays as it is."""
    readings = lazy_pinyin(text)
    if len(readings) != len(text):  # it leaves a run of other characters in one piece
        readings = [lazy_pinyin(character)[0] for character in text]
    return readings


def _spellings(syllables: tuple[tuple[str, ...], ...]) -> Iterator[tuple[str, ...]]:
    """The readings of a name combined; where ü occurs (lv, nv) also as people without a ü key write it."""
    for spelling in islice(product(*syllables), MOST_VARIANTS):
        yield spelling
        if any("v" in syllable for syllable in spelling):
            for written in ("u", "yu"):
                yield tuple(
                    syllable.replace("v", written) if syllable[0] in "ln" else syllable for syllable in spelling
                )


def _beginnings(text: str, least: int = 1) -> Iterator[str]:
    return (text[:length] for length in range(min(least, len(text)), len(text) + 1) if length)
