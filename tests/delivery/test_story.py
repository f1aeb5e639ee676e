"""Any story of publishing, planning, retiring and reading: through the front layer byte for byte what Django says."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from hypothesis.stateful import run_state_machine_as_test as run

from articles.models import Article, FormerSlug, Redirect, Translation, Verification
from helpcenter.delivery.epoch import Bell
from helpcenter.delivery.front import Front
from helpcenter.domain.findings import Refused
from helpcenter.domain.versions import Significance
from helpcenter.facts.models import FactSheetDocument
from helpcenter.publishing.models import LiveChange, Revision
from helpcenter.publishing.verbs import publish
from helpcenter.search.models import Synonym
from helpcenter.wizard.models import FlowDocument
from tests.builders import LANGUAGES, a_body, a_flow_body, a_glance, a_sheet_body, a_user
from tests.delivery.asking import ask
from tests.promises.every_page import EVERY_PAGE, TEXT, a_site_with_every_page

MORE = (
    "/en/articles/once/",
    "/zh-hant/old/",
    "/en/changes.atom",
    "/en/articles/walked.md",
    "/sitemap.xml",
    "/llms.txt",
)
addresses = st.sampled_from([*MORE, *(address for _language, address in EVERY_PAGE)])
languages, processes = st.sampled_from(LANGUAGES), st.integers(0, 1)
seconds = st.sampled_from([0, 0.5, 1, 5, 59, 61, 3600])


class Stories(RuleBasedStateMachine):
    """Two processes of one machine, their readers, and everybody who changes what readers see."""

    bell: Bell

    @initialize()
    def begin(self):
        # Ahead of the database's clock, so that its rules on the past leave the story alone.
        self.clock_at = time_machine.travel(timezone.now() + timedelta(days=2), tick=False)
        self.clock = self.clock_at.start()
        self.told = 0
        self.processes = [Front(get_wsgi_application(), Bell(self.bell.path), room=200_000) for _each in range(2)]

    def teardown(self):
        self.clock_at.stop()

    @rule(address=addresses, process=processes, encoding=st.sampled_from(["identity", "gzip"]))
    def read(self, address, process, encoding):
        answered = ask(self.processes[process], address, accept_encoding=encoding)
        straight = Client().get(address)
        assert answered.status == straight.status_code, address
        assert answered.headers.get("location") == straight.headers.get("Location")
        if encoding == "identity":
            assert answered.body == straight.content, address
            assert answered.headers.get("cache-control") == straight.headers.get("Cache-Control")
        tag = answered.headers.get("etag")
        if tag and answered.status == 200:
            again = ask(self.processes[process], address, accept_encoding=encoding, if_none_match=tag)
            assert again.status == 304

    @contextmanager
    def reading(self, process, address):
        """Somebody reads this before and after."""
        self.read(address, process, "identity")
        yield
        self.read(address, process, "identity")

    @rule(by=seconds, address=addresses, process=processes)
    def time_goes_on(self, by, address, process):
        with self.reading(process, address):
            self.clock.shift(by)

    @rule(language=languages, slug=st.sampled_from(["walked", "dull"]), after=seconds, process=processes)
    def publish_words(self, language, slug, after, process):
        self.told += 1
        body = a_body(f"Told {self.told}", steps=("go", "stop"), at_a_glance=a_glance(), text=TEXT)
        if slug == "dull":
            body = a_body(f"Told {self.told}")
        with self.reading(process, f"/{language}/articles/{slug}/"):
            if text := Translation.objects.filter(article__slug=slug, language=language).first():  # else it was renamed
                self._publish(text, body, after)
            self.clock.shift(after)

    @rule(minutes=st.integers(1, 40), after=seconds, process=processes)
    def publish_facts(self, minutes, after, process):
        with self.reading(process, "/zh-hant/articles/walked/"):
            self._publish(FactSheetDocument.objects.get(), a_sheet_body(refund__gpu_minutes=str(minutes)), after)

    @rule(after=seconds, process=processes)
    def publish_flow(self, after, process):
        body = a_flow_body()
        self.told += 1
        body["nodes"]["first"]["question"] = dict.fromkeys(LANGUAGES, f"Question {self.told}?")
        with self.reading(process, "/en/wizard/"):
            self._publish(FlowDocument.objects.get(), body, after)

    def _publish(self, document, body, after):
        now = timezone.now()
        revision = Revision.objects.create(document=document, body=body)
        try:
            publish(
                revision,
                by=None,
                note="note",
                significance=Significance.CONTENT,
                at=now + timedelta(seconds=after),
                now=now,
            )
        except Refused:
            return
        self.bell.ring()

    @rule(language=languages, after=seconds, process=processes)
    def retire(self, language, after, process):
        now = timezone.now()
        document, at = Translation.objects.get(article__slug="dull", language=language), now + timedelta(seconds=after)
        if document.live_changes.filter(at__gte=now).exists():
            return
        with self.reading(process, f"/{language}/articles/"):
            LiveChange.objects.create(document=document, at=at, recorded_at=now)
            self.bell.ring()

    @rule(order=st.integers(1, 200))
    def what_is_no_text_changes(self, order):
        """A list's order, an address of before, a redirect, synonyms, a look at whether it is still right."""
        article = Article.objects.get(slug="walked")
        now = timezone.now()
        match order % 5:
            case 0:
                Article.objects.filter(slug="dull").update(order=order)
            case 1:
                FormerSlug.objects.get_or_create(slug="once", defaults={"article": article, "until": now})
            case 2:
                Redirect.objects.update_or_create(path="/zh-hant/old/", defaults={"article": article})
            case 3:
                Synonym.objects.create(language="en", words=f"walked\nword{order}")
            case _:
                translation = article.translations.get(language="en")
                live = translation.revisions.live(now).first()
                Verification.objects.create(translation=translation, revision=live, by=self.editor, at=now)
        self.bell.ring()


@pytest.mark.django_db
def test_whatever_happens_memory_and_django_say_the_same(tmp_path):
    a_site_with_every_page()
    Stories.bell = Bell(tmp_path / "bell")
    Stories.editor = a_user()
    run(Stories, settings=settings(max_examples=5, stateful_step_count=12, deadline=None))
