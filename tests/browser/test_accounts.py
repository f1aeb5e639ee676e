"""Editors' accounts in a real browser: the first sign-in, a passkey, an app, and what axe says of each page."""

import subprocess
import sys

import pytest

from tests.browser.conftest import ROOT, serving, surroundings
from tests.browser.test_accessibility import too_wide, violations
from tests.signing_in import a_code

PASSWORD = "correct horse battery"
MAKE_PEOPLE = f"""
from django.contrib.auth.models import User
from tests.signing_in import an_app
User.objects.create_superuser("boss", password={PASSWORD!r})
an_app(User.objects.create_superuser("kim", password={PASSWORD!r}))
User.objects.create_user("lee")
"""
MINE = {"transport": "internal", "protocol": "ctap2", "hasResidentKey": True, "hasUserVerification": True}
"""The device's own authenticator, whose owner shows a finger at once."""


@pytest.fixture(scope="module")
def accounts_site(tmp_path_factory):
    """By its name: browsers keep passkeys for names, and of those without TLS for localhost alone."""
    folder = tmp_path_factory.mktemp("accounts")
    with serving(folder) as address:
        made = [sys.executable, "manage.py", "shell", "-v0", "-c", MAKE_PEOPLE]
        subprocess.run(made, cwd=ROOT, env=surroundings(folder) | {"PYTHONPATH": str(ROOT)}, check=True)
        yield address.replace("127.0.0.1", "localhost")


@pytest.fixture
def opened(chromium, accounts_site):
    """Opens a page in a browser of its own; what is said on the console, also of the content policy, fails the test."""
    contexts, complaints = [], []

    def open_page(site=accounts_site, **options):
        context = chromium.new_context(base_url=site, locale="en", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def by_password(page, name):
    page.goto("/admin/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()


def sign_out(page):
    page.goto("/admin/account/factors/")
    page.click("#logout-form button")
    page.wait_for_url("**/account/login/")


def at_the_desk(page):
    page.wait_for_url("**/admin/")
    page.wait_for_selector("text=What waits")


def with_a_device(page):
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {**MINE, "isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_the_first_sign_in_sets_up_a_passkey_that_signs_in_from_then_on(opened):
    page = opened()
    with_a_device(page)
    by_password(page, "boss")
    assert page.url.endswith("/admin/account/factors/")  # not at the desk
    page.goto("/admin/articles/article/")
    assert page.url.endswith("/admin/account/factors/")
    page.click("text=Add a passkey")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
    assert len(page.input_value("#recovery_codes").split()) == 10
    assert page.eval_on_selector("#recovery_codes", "field => field.scrollHeight <= field.clientHeight")  # all in sight
    page.check("#codes_saved")
    page.goto("/admin/")
    at_the_desk(page)
    sign_out(page)
    page.click("text=Sign in with a passkey")
    at_the_desk(page)
    sign_out(page)
    by_password(page, "boss")
    page.click("text=Use a passkey")
    at_the_desk(page)


def test_a_browser_without_a_passkey_says_so_on_the_page(opened):
    page = opened()
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new Error('no'))")
    page.goto("/admin/account/login/")
    assert not page.is_visible("#passkey-failed")
    page.click("text=Sign in with a passkey")
    page.wait_for_selector("#passkey-failed:visible")


def test_an_address_that_is_a_number_leads_to_the_name(opened, accounts_site):
    page = opened(accounts_site.replace("localhost", "127.0.0.1"))
    by_password(page, "kim")
    page.fill("[name=code]", a_code())
    page.keyboard.press("Enter")
    at_the_desk(page)
    page.goto("/admin/account/factors/")
    assert not page.query_selector("text=Add a passkey")
    assert page.query_selector(f"a[href='{accounts_site}/admin/account/factors/']")


def test_a_link_to_be_handed_over_fits_a_phone_and_outlives_a_reload(opened):
    page = opened(viewport={"width": 390, "height": 700})
    by_password(page, "kim")
    assert page.evaluate("document.activeElement.name") == "code"
    page.keyboard.type(a_code())
    page.keyboard.press("Enter")
    at_the_desk(page)
    page.goto("/admin/auth/user/3/password/")
    page.click("text=Show the link")
    link = page.inner_text("main code")
    assert too_wide(page) == []
    page.reload()
    page.wait_for_selector("text=A link that was made still works")
    page.goto(link)
    page.wait_for_selector("text=Choose this password")


def looked_at(page):
    """What axe and a narrow screen find on the page."""
    return too_wide(page), violations(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_of_accounts(opened, scheme):
    page = opened(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    for address in ("login/", "password/forgotten/", "password/forgotten/1-x/"):
        page.goto(f"/admin/account/{address}")
        assert looked_at(page) == ([], []), address
    page.goto("/admin/account/login/")
    page.fill("[name=login]", "kim")
    page.fill("[name=password]", "wrong")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".errornote[role=alert]:visible")
    assert looked_at(page) == ([], []), "a wrong password"
    by_password(page, "kim")
    assert looked_at(page) == ([], []), "the second factor"
    page.fill("[name=code]", a_code())
    page.press("[name=code]", "Enter")
    at_the_desk(page)
    pages = ("factors/", "factors/webauthn/", "factors/webauthn/add/", "factors/totp/deactivate/", "sessions/")
    pages += ("factors/recovery-codes/", "factors/recovery-codes/generate/", "password/", "reauthenticate/")
    for address in (*pages, "factors/reauthenticate/", "factors/webauthn/reauthenticate/", "logout/"):
        page.goto(f"/admin/account/{address}")
        assert looked_at(page) == ([], []), address
