"""What a document says is stored as it was written."""

import pytest
from django.core import serializers
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from helpcenter.publishing.models import Document, Kind, Revision

pytestmark = pytest.mark.django_db
keys = st.text(max_size=5)
bodies = st.dictionaries(
    keys,
    st.recursive(st.text() | st.integers() | st.booleans() | st.none(), lambda inner: st.dictionaries(keys, inner)),
)


class TestWhatWasWritten(TestCase):
    @given(bodies)
    def test_comes_back_with_its_keys_in_their_order(self, body):
        made = Revision.objects.create(document=Document.objects.create(kind=Kind.ARTICLE), body=body)
        read = Revision.objects.get(pk=made.pk).body
        assert repr(read) == repr(body)  # equal dictionaries may differ in their order


def test_han_characters_are_found():
    Revision.objects.create(document=Document.objects.create(kind=Kind.ARTICLE), body={"title": "取消訂閱"})
    assert Revision.objects.filter(body__icontains="消訂").exists()


def test_a_fixture_keeps_it():
    made = Revision.objects.create(document=Document.objects.create(kind=Kind.ARTICLE), body={"b": 1, "a": "一"})
    (again,) = serializers.deserialize("json", serializers.serialize("json", [made]))
    assert repr(again.object.body) == repr(made.body)
