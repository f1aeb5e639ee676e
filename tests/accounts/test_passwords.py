"""What can be a password, and how it is typed."""

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from tests.builders import a_user
from tests.pages import Page
from tests.signing_in import by_password, prove, prove_again


def refused_for(word):
    with pytest.raises(ValidationError) as refused:
        validate_password(word)
    return {error.code for error in refused.value.error_list}


@pytest.mark.parametrize("word", ["midjourney2026!", "Cancel-Midjourney-1", "admin-admin-admin", "DiscordRefund99"])
def test_words_of_this_site_make_no_password(word):
    assert "words_of_ours" in refused_for(word)


@pytest.mark.parametrize("word", ["a", "eleven lett"])
def test_short_ones_are_refused(word):
    assert "password_too_short" in refused_for(word)


@pytest.mark.parametrize("word", ["qwerty123456", "1q2w3e4r5t6y", "QWERTY123456"])
def test_common_ones_are_refused(word):
    assert "password_too_common" in refused_for(word)


LONG_AND_COMMON = [
    "password1234",
    "Password1234!",
    "passwordpassword",
    "passw0rdpassw0rd",
    "iloveyou1234",
    "iloveyouforever",
    "letmeinletmein",
    "welcome12345",
    "welcome2026!",
    "Welcome@2026",
    "qwertyuiop12",
    "qwertyuiop123456789",
    "asdfghjkl123",
    "asdfghjklzxcvbnm",
    "zxcvbnm12345",
    "1qaz2wsx3edc4rfv",
    "zaq12wsxcde3",
    "q1w2e3r4t5y6",
    "1q2w3e4r5t6y",
    "qwerty1234567890",
    "123456789012",
    "1234567890123",
    "111111111111",
    "000000000000",
    "121212121212",
    "123123123123",
    "112233445566",
    "987654321098",
    "147258369147",
    "aaaaaaaaaaaa",
    "abcabcabcabc",
    "abcdefghijkl",
    "abcdefghijklmnop",
    "abcd1234abcd1234",
    "abc123abc123",
    "football2025",
    "liverpool1892",
    "manchesterunited",
    "michaeljordan23",
    "superman1234",
    "batmanbatman",
    "starwars1977",
    "starwarsstarwars",
    "pokemonpokemon",
    "dragonballz123",
    "princess1234",
    "sunshine1234",
    "monkeymonkey",
    "charlie12345",
    "jennifer1985",
    "christopher1",
    "chocolate123",
    "butterfly123",
    "September2026",
    "december25th",
    "25december1990",
    "computer1234",
    "administrator",
    "administrator1",
    "changeme1234",
    "trustno1trustno1",
    "iamthebest123",
    "fuckyoufuckyou",
    "mercedesbenz",
]
"""What people choose; written down by hand."""


@pytest.mark.parametrize("word", LONG_AND_COMMON)
def test_long_ones_that_are_common_are_refused(word):
    assert {"password_too_common", "soon_guessed", "words_of_ours"} & refused_for(word)


def test_however_long_it_is_little_of_it_is_looked_at():
    assert "soon_guessed" in refused_for("a" * 5000)


@pytest.mark.parametrize(
    "word",
    [
        "all small letters",
        "取消取消訂閱退款說明文件密碼",
        "829374650192",
        "every good boy deserves fudge and then some more of it, says grandmother's old violin book",
        "cancel my horse battery",
        "😀🐎🔋📎🌧🎻🧂🪑🚲🥝🪁🧦",
    ],
)
def test_any_characters_will_do(word):
    validate_password(word)


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["Correct horse battery", "correct horse batter", "correct horse battery "])
def test_it_counts_as_it_was_typed(other):
    a_user("editor").set_password("correct horse battery")
    client = Client()
    by_password(client, "editor", other)
    assert "_auth_user_id" not in client.session
    by_password(client, "editor")
    assert User.objects.get().check_password("correct horse battery")


@pytest.mark.django_db
def test_it_is_masked_and_password_managers_know_it():
    (field,) = Page(Client().get("/admin/account/login/")).soup.select("input[name=password]")
    assert (field["type"], field["autocomplete"]) == ("password", "current-password")
    assert not {"onpaste", "maxlength", "readonly"} & set(field.attrs)


@pytest.mark.django_db
def test_the_old_one_is_asked_for():
    editor, client = a_user(), Client()
    client.force_login(editor)
    prove(client, editor)
    prove_again(client, editor)
    words = {"password1": "another horse battery", "password2": "another horse battery"}
    for old in ({}, {"oldpassword": "wrong horse battery"}):
        assert client.post("/admin/account/password/", {**words, **old}).status_code == 200
    editor.refresh_from_db()
    assert editor.check_password("correct horse battery")
