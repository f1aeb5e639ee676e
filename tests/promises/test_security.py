"""Small promises of docs/asvs.md that belong to no room: what code never does, what every page of the desk has."""

import ast
import json
import re
from math import log2
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from tests.builders import a_site
from tests.pages import Page
from tests.promises.test_leaks import desk_routes, filled

ROOT = Path(settings.BASE_DIR)
CODE = [*ROOT.glob("helpcenter/**/*.py"), *ROOT.glob("articles/**/*.py")]
SCRIPTS = [*ROOT.glob("static/js/*.js")]
PLACE = {"document": 1, "revision": 1, "plan": 1}
PAGES = (
    "/admin/",
    "/admin/articles/article/",
    "/admin/account/factors/",
    "/admin/account/sessions/",
    "/admin/nothing/",
)


@pytest.fixture
def boss(db):
    a_site()
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("boss"))
    return client


def test_nothing_evaluates_words():
    """Code runs because somebody wrote it here, not because it was sent or stored."""
    assert len(CODE) > 100
    for path in CODE:
        for each in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name):
                assert each.func.id not in ("eval", "exec", "compile", "__import__"), path
            if isinstance(each, ast.Import | ast.ImportFrom):
                names = {getattr(each, "module", ""), *(alias.name for alias in each.names)}
                assert names.isdisjoint({"pickle", "marshal", "shelve", "dill"}), path


def test_no_broken_hash_is_used():
    assert [path for path in CODE if re.search(r"\b(md5|sha1|new\(.(md5|sha1))\b", path.read_text("utf-8"))] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_make_no_markup_of_words(script):
    unsafe = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|__proto__|Object\.assign"
    assert not re.search(unsafe, script.read_text("utf-8"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_keep_nothing_in_the_browser(script):
    kept = r"localStorage|sessionStorage|indexedDB|\bcaches\b|document\.cookie\s*=[^=]"
    assert not re.search(kept, script.read_text("utf-8"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_take_no_element_for_a_value(script):
    """What an id in a page can pretend to be is a name of the window that nobody has declared (DOM clobbering)."""
    code = script.read_text("utf-8")
    assert re.search(r"^\"use strict\";$", code, re.MULTILINE)
    assert set(re.findall(r"\b(?:window|globalThis|self)\s*(\.\w+|\[)", code)) <= {".trustedTypes", ".addEventListener"}
    assert not re.search(r"\bdocument\.\w+\s*=[^=]|\bdocument\[|\bdocument\.(?:forms|images|all)\b", code)
    assert re.findall(r"^(?:var|let|const|function) ", code, re.MULTILINE) == []


@pytest.mark.django_db
def test_what_is_given_twice_is_one_thing_everywhere():
    a_site()
    ask = Client().get
    assert b"data-outcome" in ask("/en/refund/?gpu_minutes=2&images=2").content
    assert b"data-outcome" not in ask("/en/refund/?gpu_minutes=9999&images=9999&gpu_minutes=2&images=2").content
    asked = Page(ask("/en/search/?q=nothing&q=walked")).soup.select_one("main input[name=q]")
    assert asked["value"] == "walked"
    mixed = re.compile(r"request\.REQUEST|GET\s*\|.*POST|POST\s*\|.*GET")
    assert [path for path in CODE if mixed.search(path.read_text("utf-8"))] == []


@pytest.mark.django_db
def test_only_files_may_be_read_by_other_sites():
    a_site()
    for address in ("/en/", "/api/facts/", "/api/openapi.json", "/admin/account/login/", "/en/articles/walked.md"):
        assert "Access-Control-Allow-Origin" not in Client().get(address, headers={"origin": "https://x.y"}).headers


@pytest.mark.django_db
def test_the_api_is_no_script():
    a_site()
    response = Client().get("/api/facts/?callback=steal")
    assert response["Content-Type"].startswith("application/json")
    assert isinstance(json.loads(response.content), dict | list)


def test_scripts_are_files_that_are_the_same_for_all(boss):
    """But for the words of the admin, which are the same for all who read a language."""
    for page in PAGES:
        for address in Page(boss.get(page)).attributes("script", "src"):
            assert address.startswith("/static/") or address == "/admin/jsi18n/"


def test_nothing_at_the_desk_is_taken_without_a_token(boss):
    refused = {route: boss.post(filled(route, PLACE)).status_code for route in desk_routes()}
    assert len(refused) > 100
    assert {route: status for route, status in refused.items() if status != 403} == {}


def test_a_session_cannot_be_guessed(db):
    keys = set()
    for _ in range(50):
        session = SessionStore()
        session.create()
        keys.add(session.session_key)
    assert len(keys) == 50
    assert all(re.fullmatch(r"[a-z0-9]{25,}", key) for key in keys)
    assert log2(36) * min(map(len, keys)) >= 128


def test_who_signed_out_is_out(boss):
    thief = Client()
    thief.cookies["sessionid"] = boss.cookies["sessionid"].value
    assert thief.get("/admin/").status_code == 200
    boss.logout()
    assert thief.get("/admin/").status_code == 302


def test_one_can_sign_out_from_every_page_of_the_desk(boss):
    for page in PAGES[:4]:
        assert Page(boss.get(page)).soup.select('form[action*="logout"]'), page


@pytest.mark.django_db
@pytest.mark.parametrize("folder", ["/static/", "/static/css/", "/pictures/", "/shared/", "/api/articles/", "/var/"])
def test_folders_are_not_listed(folder):
    a_site()
    assert Client().get(folder).status_code == 404
