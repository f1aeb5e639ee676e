"""What changed between two texts, word by word."""

from hypothesis import given
from hypothesis import strategies as st

from helpcenter.publishing.comparing import Change, Run, compare, compare_passages

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


@given(texts, texts)
def test_what_is_kept_and_inserted_is_the_new_text_and_kept_and_deleted_the_old(old, new):
    runs = list(compare(old, new))
    assert "".join(run.words for run in runs if run.change is not Change.DELETED) == new
    assert "".join(run.words for run in runs if run.change is not Change.INSERTED) == old


@given(texts)
def test_the_same_text_is_kept_whole(text):
    assert {run.change for run in compare(text, text)} <= {Change.KEPT}


def test_only_fields_that_differ_are_shown_in_the_order_of_the_new_text():
    old = [("title", "Same"), ("gone", "away"), ("text", "old")]
    new = [("title", "Same"), ("added", "here"), ("text", "new")]
    assert compare_passages(old, new) == [
        ("added", [Run(Change.INSERTED, "here")]),
        ("text", [Run(Change.DELETED, "old"), Run(Change.INSERTED, "new")]),
        ("gone", [Run(Change.DELETED, "away")]),
    ]
