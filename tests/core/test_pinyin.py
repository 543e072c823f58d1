"""Names are found by what people type."""

import pytest

from minzheng.core.pinyin import full, initials, search_token, search_tokens


@pytest.mark.parametrize(
    ("name", "pinyin", "letters"),
    [
        ("王建国", "wangjianguo", "wjg"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("仇英", "qiuying", "qy"),
        ("解缙", "xiejin", "xj"),
        ("曾国藩", "zengguofan", "zgf"),
        ("查良镛", "zhaliangyong", "zly"),
        ("任长霞", "renchangxia", "rcx"),
        ("区伟", "ouwei", "ow"),
        ("朴哲", "piaozhe", "pz"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("长孙无忌", "zhangsunwuji", "zswj"),
        ("万俟卨", "moqixie", "mqx"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("吕布", "lvbu", "lb"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("单", "shan", "s"),
        ("", "", ""),
    ],
)
def test_readings(name, pinyin, letters):
    assert full(name) == pinyin
    assert initials(name) == letters


def test_a_character_is_read_otherwise_inside_a_given_name():
    assert full("李单") == "lidan"
    assert full("张曾") != full("曾张")


@pytest.mark.parametrize(
    "typed", ["王", "王建", "王建国", "建国", "wang", "wangj", "Wang Jian Guo", "WJG", "wj", "jianguo"]
)
def test_what_finds_a_name(typed):
    assert search_token(typed) in search_tokens("王建国")


@pytest.mark.parametrize("typed", ["国", "jg", "guo", "wangguo", "李建国"])
def test_what_does_not(typed):
    assert search_token(typed) not in search_tokens("王建国")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("qinyue", "覃乐"),
        ("tanle", "覃乐"),
        ("lvbu", "吕布"),
        ("lübu", "吕布"),
        ("lubu", "吕布"),
        ("lyubu", "吕布"),
        ("买买提", "阿依古丽·买买提"),
        ("阿依古丽买", "阿依古丽•买买提"),
        ("maimaiti", "阿依古丽·买买提"),
        ("annal", "Anna Lee"),
        ("王 建国", "王　建国"),
        ("无忌", "长孙无忌"),
        ("𠮷野", "𠮷野"),
    ],
)
def test_readings_and_writings_that_differ(typed, name):
    assert search_token(typed) in search_tokens(name)


def test_tokens_are_in_the_form_of_what_is_typed_and_never_empty():
    for name in ("王建国", "覃乐", "阿依古丽·买买提", "Anna Lee", "·", ""):
        assert all(token and token == search_token(token) for token in search_tokens(name))


def test_a_name_of_many_readings_stays_small():
    assert len(search_tokens("乐乐行长朝晟茜莎重传")) < 400
