"""Sentry is told what failed and where, and nothing of who asked what."""

import pytest
import sentry_sdk
from django.core.wsgi import get_wsgi_application
from django.db import connection
from sentry_sdk.transport import Transport

from helpcenter.operations import sentry
from helpcenter.refunds import views
from tests.builders import a_site
from tests.delivery.asking import ask
from tests.scanning import ADDRESS, AGENT, BROUGHT, CAME_FROM, COOKIE, IMAGES, MINUTES, in_text

pytestmark = pytest.mark.django_db

WORDS = "somebody-at-example"


class Kept(Transport):
    """Sends nothing anywhere."""

    def __init__(self):
        super().__init__()
        self.sent = []

    def capture_envelope(self, envelope):
        self.sent.append(envelope)


@pytest.fixture
def kept():
    transport = Kept()
    sentry.start("https://key@sentry.example/1", transport=transport)
    yield transport
    sentry_sdk.init()  # nobody is told any more


def test_an_error_that_a_readers_numbers_caused_says_none_of_them(kept, monkeypatch):
    a_site()

    def fail(policy, usage):
        typed = f"{usage.gpu_minutes} {usage.images}"
        sentry_sdk.set_tag("typed", typed)
        raise ValueError(f"cannot judge {typed} of {AGENT}")

    monkeypatch.setattr(views, "assess", fail)
    answered = ask(
        get_wsgi_application(),
        f"/en/refund/?gpu_minutes={MINUTES}&images={IMAGES}",
        user_agent=AGENT,
        x_forwarded_for=ADDRESS,
        referer=CAME_FROM,
        cookie=f"sessionid={COOKIE}",
    )
    assert answered.status == 500
    (envelope,) = kept.sent
    event = envelope.get_event()
    (raised,) = event["exception"]["values"]
    assert (raised["type"], raised["stacktrace"]["frames"][-1]["function"]) == ("ValueError", "fail")
    assert in_text(envelope.serialize().decode(), BROUGHT) == set()
    assert not {"request", "user", "breadcrumbs", "tags", "extra", "server_name"} & set(event)


def test_an_address_that_nothing_has_is_not_sent(kept):
    def fail(*_args):
        raise ZeroDivisionError

    with connection.execute_wrapper(fail):
        ask(get_wsgi_application(), f"/en/{WORDS}/")
    assert kept.sent
    assert not any(WORDS in envelope.serialize().decode() for envelope in kept.sent)


def test_lines_of_the_log_are_not_sent(kept, log):
    import logging

    logging.getLogger("helpcenter").error("of %s", AGENT)
    sentry_sdk.flush()
    assert kept.sent == []
