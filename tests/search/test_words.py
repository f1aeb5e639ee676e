"""What is typed and what is written become the same words."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from helpcenter.search.words import MOST_LETTERS, across, asked, slips, sound, stem, words


def texts(text):
    return [word.text for word in words(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("退款", "退款"),
        ("帳戶", "账户"),
        ("賬戶", "账户"),
        ("20分鍾", "20 分钟"),
        ("ＭＩＤＪＯＵＲＮＥＹ", "midjourney"),
        ("Cancelled", "cancelling"),
        ("訂閱", "订阅"),
    ],
)
def test_width_case_script_and_endings_do_not_matter(one, other):
    assert texts(one) == texts(other)


def test_a_run_of_han_is_its_overlapping_pairs_and_one_alone_itself():
    assert texts("申請退款") == ["申请", "请退", "退款"]
    assert texts("款 x 退") == ["款", "x", "退"]


def test_a_word_knows_its_place_in_what_was_written():
    text = "把ＭＪ退款"
    assert [text[word.start : word.end] for word in words(text)] == ["把", "ＭＪ", "退款"]


@pytest.mark.parametrize("text", ["", " ", "。。。", "😀", "\x00\x01", "-- ;"])
def test_what_has_no_letters_has_no_words(text):
    assert texts(text) == []


def test_a_word_without_end_is_cut():
    assert len(texts("x" * 10_000)[0]) <= MOST_LETTERS


def test_words_that_only_ask_are_left_out_unless_there_are_no_others():
    assert [word.text for word in asked("How do I get a refund?")] == ["refund"]
    assert [word.text for word in asked("可以退款嗎？")] == ["以退", "退款"]
    assert [word.text for word in asked("how")] == ["how"]


@pytest.mark.parametrize(("typed", "meant"), [("cancle", "cancel"), ("subscibe", "subscribe"), ("chorme", "chrome")])
def test_words_a_slip_apart_share_a_spelling(typed, meant):
    assert slips(typed) & slips(meant)


def test_han_that_sound_alike_sound_alike():
    assert sound("退宽") == sound("推款") == sound("退款")


@pytest.mark.parametrize(
    ("question", "known", "between"),
    [
        ("取消訂閱", {"取消": 9, "消订": 1, "订阅": 9}, ["消订"]),
        ("取消後", {"取消": 9, "消后": 3}, ["消后"]),
        ("可以退款嗎", {"以退": 2, "退款": 9}, ["以退", "款吗"]),
        ("退款 refund", {"退款": 9}, []),
    ],
)
def test_a_pair_that_lies_across_two_words_is_told_from_them(question, known, between):
    found = across(question, lambda pair: known.get(pair.text, 0))
    assert sorted(word.text for word in found) == sorted(between)


def test_where_a_word_is_known_no_other_lies():
    assert {word.text for word in across("取消訂閱", lambda pair: 1, {0, 1, 2, 3})} == {"取消", "消订", "订阅"}


def test_two_who_search_at_once_do_not_garble_each_others_words():
    words_of_all = [
        "cancelling",
        "invoices",
        "annually",
        "refunding",
        "buttons",
        "accounts",
        "generously",
        "ties",
    ] * 500
    alone = [stem.__wrapped__(word) for word in words_of_all]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _each: [stem.__wrapped__(word) for word in words_of_all], range(4)))
    finally:
        sys.setswitchinterval(before)
    assert found == [alone] * 4
