"""Addresses that name no language say the same to everybody."""

import pytest
from django.test import Client

from tests.builders import a_site

FOR_ALL = ("/robots.txt", "/sitemap.xml", "/llms.txt", "/.well-known/security.txt")


@pytest.mark.django_db
def test_they_do_not_depend_on_what_a_browser_asks_for():
    a_site()
    for address in FOR_ALL:
        answers = [Client().get(address, headers={"Accept-Language": asked}) for asked in ("en", "zh-Hans", "de", "")]
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1, address
        assert {answer["Content-Language"] for answer in answers} == {"zh-hant"}
        assert not any("Vary" in answer.headers for answer in answers)


@pytest.mark.django_db
def test_the_door_does_and_says_so():
    assert Client().get("/", headers={"Accept-Language": "en"})["Vary"] == "Accept-Language"
