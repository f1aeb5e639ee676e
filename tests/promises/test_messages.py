"""The interface's texts: each has its translation, and what is compiled is what is written."""

import re

import pytest
from django.utils.translation import gettext, override, pgettext

from tests.messages import catalogs, compiled, read, texts

every_language = pytest.mark.parametrize("path", catalogs(), ids=lambda path: path.parent.parent.name)


def test_there_is_a_catalogue_for_each_chinese():
    assert [path.parent.parent.name for path in catalogs()] == ["zh_Hans", "zh_Hant"]


@every_language
def test_every_text_of_the_interface_is_translated(path):
    catalog = read(path)
    missing = []
    for message, context in texts():
        found = catalog.get(message[0] if isinstance(message, tuple) else message, context)
        words = found.string if found else ""
        if not all(words) if isinstance(words, tuple) else not words:
            missing.append(message)
    assert missing == [], "make messages, then translate"


@every_language
def test_every_translation_takes_the_same_values(path):
    for message in read(path):
        if message.id and message.string:
            singular = message.id[-1] if isinstance(message.id, tuple) else message.id
            for words in message.string if isinstance(message.string, tuple) else (message.string,):
                assert values(words) == values(singular), message.id


def values(text):
    return set(re.findall(r"%\(\w+\)[a-z]|%[sd]", text))


@every_language
def test_what_is_compiled_is_what_is_written(path):
    assert path.with_suffix(".mo").read_bytes() == compiled(read(path)), "make messages"


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_what_a_librarys_button_calls_off_is_no_subscription(language):
    """Without a context a word of ours is the libraries' word, too."""
    with override(language):
        assert gettext("Cancel") != pgettext("shelf of articles", "Cancel")
