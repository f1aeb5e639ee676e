"""People with a password and no more; databases that other processes see."""

import threading
from contextlib import ExitStack

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client, TestCase

from tests.publishing.conftest import own_database, template

__all__ = ["own_database", "template"]


@pytest.fixture(autouse=True)
def _nothing_is_counted_yet(db):
    """The table goes back with the test's transaction; what a process remembers of it does not."""
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_quick():
    """Argon2 as cheap as it goes: what it costs is not what is tested."""
    with pytest.MonkeyPatch.context() as patched:
        for name, least in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
            patched.setattr(Argon2PasswordHasher, name, least)
        yield


@pytest.fixture
def browser():
    """One that asks in English."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def mails(settings):
    """Those that were sent, once all are; called to look."""
    settings.SENDS_MAIL = True
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    mail.outbox = []
    kept = ExitStack()

    def keep():
        kept.close()
        kept.enter_context(TestCase.captureOnCommitCallbacks(execute=True))

    def sent():
        keep()
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join(10)
        return [(message.to, message.subject.removeprefix("[Cancelling Midjourney] ")) for message in mail.outbox]

    keep()
    yield sent
    sent()
    kept.close()
