"""What changed between two texts, word by word."""

from hypothesis import example, given
from hypothesis import strategies as st

from helpcenter.publishing.comparing import MOST_CELLS, Change, Run, compare, compare_order, compare_passages

texts = st.text(st.sampled_from("您可以取消 refund in 20 minutes.、\n_é"), max_size=30) | st.text(max_size=30)


def test_a_changed_word_is_deleted_and_inserted():
    assert list(compare("Use 20 minutes.", "Use 30 minutes.")) == [
        Run(Change.KEPT, "Use "),
        Run(Change.DELETED, "20"),
        Run(Change.INSERTED, "30"),
        Run(Change.KEPT, " minutes."),
    ]


def test_each_han_character_is_a_word():
    assert list(compare("按取消方案", "按取消訂閱")) == [
        Run(Change.KEPT, "按取消"),
        Run(Change.DELETED, "方案"),
        Run(Change.INSERTED, "訂閱"),
    ]


def test_a_latin_word_changes_as_a_whole():
    assert Run(Change.DELETED, "cancel") in list(compare("cancel it", "cancelled it"))


def test_a_word_kept_by_chance_does_not_cut_a_new_sentence_into_crumbs():
    old, new = "Open the page and sign in with Discord", "Send a mail to the team and wait for an answer"
    assert [run.change for run in compare(old, new)] == [Change.DELETED, Change.INSERTED]


def test_a_sentence_that_is_added_leaves_the_one_before_it_alone():
    assert compare("Cancel now", "Cancel now, please.") == [
        Run(Change.KEPT, "Cancel now"),
        Run(Change.INSERTED, ", please."),
    ]


def test_texts_too_long_for_words_are_compared_by_lines():
    words = "word " * round(MOST_CELLS**0.5)
    runs = compare(f"{words}\nsame line\n", f"{words} more\nsame line\n")
    assert [run.change for run in runs] == [Change.DELETED, Change.INSERTED, Change.KEPT]
    assert runs[-1].words == "same line\n"


def test_what_moved_says_from_where_to_where():
    old = {"go": "Go", "press": "Press", "see": "See", "gone": "Gone"}
    new = {"see": "See", "go": "Go", "new": "New", "press": "Press it"}
    assert compare_order(old, new) == [
        Run(Change.MOVED, "See", (3, 1)),
        Run(Change.KEPT, "Go"),
        Run(Change.INSERTED, "New"),
        Run(Change.KEPT, "Press it"),
        Run(Change.DELETED, "Gone"),
    ]


orders = st.lists(st.sampled_from("abcdef"), unique=True).map(lambda keys: {key: key for key in keys})


@given(orders, orders)
def test_as_few_as_possible_are_moved_and_the_rest_is_in_order(old, new):
    runs = compare_order(old, new)
    kept = [run.words for run in runs if run.change is Change.KEPT]
    assert kept == [key for key in old if key in kept]
    assert {run.words for run in runs if run.change is Change.MOVED} == old.keys() & new.keys() - set(kept)
    assert [run.words for run in runs if run.change is not Change.DELETED] == list(new)
    longest = max((len(some) for some in _subsequences(list(old)) if some == [k for k in new if k in some]), default=0)
    assert len(kept) == longest


def _subsequences(keys):
    return ([key for place, key in enumerate(keys) if mask >> place & 1] for mask in range(2 ** len(keys)))


@given(texts, texts)
@example("", "\0")  # rapidfuzz hashes both to 0
def test_what_is_kept_and_inserted_is_the_new_text_and_kept_and_deleted_the_old(old, new):
    runs = list(compare(old, new))
    assert "".join(run.words for run in runs if run.change is not Change.DELETED) == new
    assert "".join(run.words for run in runs if run.change is not Change.INSERTED) == old


@given(texts)
def test_the_same_text_is_kept_whole(text):
    assert {run.change for run in compare(text, text)} <= {Change.KEPT}


def test_an_order_is_only_compared_as_an_order():
    old = [("steps", {"a": "A", "b": "B"}), ("text", "same")]
    assert compare_passages(old, [("steps", {"a": "Anew", "b": "B"}), ("text", "same")]) == []
    assert compare_passages(old, [("text", "same")]) == [
        ("steps", [Run(Change.DELETED, "A"), Run(Change.KEPT, " · "), Run(Change.DELETED, "B")])
    ]


def test_only_fields_that_differ_are_shown_in_the_order_of_the_new_text():
    old = [("title", "Same"), ("gone", "away"), ("text", "old")]
    new = [("title", "Same"), ("added", "here"), ("text", "new")]
    assert compare_passages(old, new) == [
        ("added", [Run(Change.INSERTED, "here")]),
        ("text", [Run(Change.DELETED, "old"), Run(Change.INSERTED, "new")]),
        ("gone", [Run(Change.DELETED, "away")]),
    ]
