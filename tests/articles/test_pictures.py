"""Pictures in steps: clean, in sizes, described in each language, kept as long as any version shows them."""

import re
import struct
from contextlib import suppress
from io import BytesIO, StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from articles.checks import check_article
from articles.models import Picture, Translation
from articles.pictures import MOST_BYTES, encode
from helpcenter.domain.review import Role
from helpcenter.publishing.verbs import discard
from tests.builders import a_body, a_draft, a_site, a_user, an_article, live, without_four_eyes
from tests.desk import typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def an_image(width=1600, height=900, kind="PNG", **saved):
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, kind, **saved)
    file.seek(0)
    return file


def _noting(words):
    """What a camera notes, with these words as its description."""
    exif = Image.Exif()
    exif[0x010E] = words
    return exif


def encoded(file):
    return encode(file, len(file.getvalue()))


class TestWhatIsSent:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
    def test_a_picture_becomes_webp_in_sizes(self, kind):
        sizes = encoded(an_image(kind=kind))
        assert [(each.width, each.height) for each in sizes] == [(320, 180), (640, 360), (1280, 720)]
        assert {Image.open(BytesIO(each.content)).format for each in sizes} == {"WEBP"}

    def test_a_small_one_is_not_made_larger(self):
        assert [each.width for each in encoded(an_image(200, 100))] == [200]

    def test_where_it_was_taken_is_not_kept_and_it_stands_upright(self):
        exif = Image.Exif()
        exif[0x0112] = 6  # lies on its side
        exif.get_ifd(0x8825)[1] = "N"
        (size,) = encoded(an_image(200, 100, "JPEG", exif=exif))
        assert (size.width, size.height) == (100, 200)
        assert not Image.open(BytesIO(size.content)).getexif()

    def test_what_is_see_through_stays_so(self):
        file = BytesIO()
        Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(file, "PNG")
        assert Image.open(BytesIO(encoded(file)[0].content)).mode == "RGBA"

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"just words",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>",
            b"%PDF-1.7",
            b"BM" * 50,
        ],
    )
    def test_what_is_no_picture_is_told(self, content):
        with pytest.raises(ValidationError):
            encode(BytesIO(content), len(content))

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_what_else_a_file_is_does_not_survive(self, kind):
        """A picture that is a page, a script or an archive as well: only its pixels go on."""
        for other in (b"<script>alert(1)</script>", b"*/=alert(1)//", b"PK\x03\x04<?php evil ?>"):
            file = an_image(40, 40, kind, exif=_noting(other))
            file.seek(0, 2)
            file.write(other)
            (clean,) = encoded(file)
            assert other in file.getvalue()
            assert other not in clean.content
            assert clean.content[:4] + clean.content[8:12] == b"RIFFWEBP"
            assert len(clean.content) == int.from_bytes(clean.content[4:8], "little") + 8  # nothing behind it

    def test_a_gif_that_is_a_script_is_no_picture_here(self):
        file = BytesIO()
        Image.new("P", (4, 4)).save(file, "GIF")
        with pytest.raises(ValidationError, match="no picture"):
            encoded(BytesIO(b"GIF89a/*" + file.getvalue()[8:] + b"*/=1;alert(1)//"))

    @pytest.mark.parametrize(
        "start", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP", b"\0\0\0 ftypavif"]
    )
    def test_a_page_that_begins_like_a_picture_is_told(self, start):
        with pytest.raises(ValidationError):
            encoded(BytesIO(start + b"<!doctype html><script>alert(1)</script>" * 9))

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
    def test_one_that_is_cut_off_is_told(self, kind):
        whole = an_image(300, 200, kind).getvalue()
        for length in (1, 30, len(whole) // 2, len(whole) * 9 // 10):
            with pytest.raises(ValidationError):
                encoded(BytesIO(whole[:length]))

    def test_a_damaged_one_is_told(self):
        with pytest.raises(ValidationError):
            encoded(BytesIO(an_image().getvalue()[:200]))

    @pytest.mark.parametrize(
        "error", [RuntimeError("colour planes"), TypeError("fill character"), struct.error("integer")]
    )
    def test_whatever_a_reader_of_damaged_files_says_it_is_told(self, monkeypatch, error):
        # Pillow's readers of AVIF, and of what cameras note in JPEG and PNG, say these of files found by mutation.
        def fails(image):
            raise error

        monkeypatch.setattr("articles.pictures.ImageOps.exif_transpose", fails)
        with pytest.raises(ValidationError, match="damaged"):
            encoded(an_image())

    def test_one_that_moves_is_told(self):
        file, frames = BytesIO(), [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
        frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
        with pytest.raises(ValidationError, match="still"):
            encoded(file)

    def test_a_bomb_is_told_by_its_head_before_it_is_unpacked(self):
        bomb = an_image(20_000, 20_000, compress_level=9)
        assert len(bomb.getvalue()) < MOST_BYTES
        with pytest.raises(ValidationError, match="40 million"):
            encoded(bomb)

    def test_a_side_too_long_for_webp_is_told(self):
        with pytest.raises(ValidationError, match="16,383"):
            encoded(an_image(100, 20_000))

    def test_of_a_phones_picture_with_a_second_one_in_it_the_first_is_shown(self):
        file = BytesIO()
        second = Image.new("RGB", (40, 30))
        Image.new("RGB", (300, 200)).save(file, "MPO", save_all=True, append_images=[second])
        file.seek(0)
        assert [(each.width, each.height) for each in encoded(file)] == [(300, 200)]

    def test_a_large_file_is_told_unread(self):
        with pytest.raises(ValidationError, match="10 MB"):
            encode(an_image(), MOST_BYTES + 1)

    @settings(max_examples=60, deadline=None)
    @given(st.binary(max_size=300), st.integers(0, 400))
    def test_whatever_is_sent_is_a_picture_or_a_reason(self, junk, place):
        good = an_image(40, 40).getvalue()
        with suppress(ValidationError):
            encode(BytesIO(good[:place] + junk + good[place + len(junk) :]), 1)


@pytest.fixture
def desk(client):
    a_site()
    without_four_eyes()
    client.force_login(a_user())
    return client


def upload(desk, key="cancel-2026", file=None):
    file = file or an_image()
    sent = {"key": key, "file": SimpleUploadedFile("anything.exe", file.getvalue())}
    return desk.post("/admin/articles/picture/add/", sent, headers={"accept-language": "en"})


def a_step(**changes):
    step = {"key": "go", "title": "Go", "text": "How.", "see": "This.", "if_not": "That.", **changes}
    return a_body("Shown", steps=()) | {"steps": [step]}


class TestAtTheDesk:
    def test_it_is_uploaded_and_listed(self, desk):
        assert upload(desk).status_code == 302
        page = desk.get("/admin/articles/picture/").content.decode()
        assert "1280 × 720" in page
        assert "cancel-2026" in page

    def test_what_is_wrong_stands_beside_the_field(self, desk):
        response = upload(desk, file=BytesIO(b"words"))
        assert response.status_code == 200
        assert "file" in response.context["adminform"].form.errors
        assert not Picture.objects.exists()

    @pytest.mark.parametrize("name", ["x.html", "../../x.svg", "x.png\0.php", "x" * 300])
    def test_what_the_file_is_called_does_not_matter(self, desk, name):
        sent = {"key": "cancel-2026", "file": SimpleUploadedFile("x", an_image().getvalue(), "text/html")}
        sent["file"]._name = name  # as no honest browser sends it
        assert desk.post("/admin/articles/picture/add/", sent).status_code == 302
        assert re.fullmatch(r"/pictures/[0-9a-f]{16}\.webp", Picture.objects.get().largest.href)

    def test_a_key_that_is_taken_or_malformed_is_told(self, desk):
        upload(desk)
        for key in ("cancel-2026", "../x", "Key", ""):
            assert "key" in upload(desk, key).context["adminform"].form.errors

    def test_only_authors_upload(self, client):
        a_site()
        client.force_login(a_user("publisher", Role.PUBLISHER))
        assert client.get("/admin/articles/picture/add/").status_code == 403

    def test_a_step_gets_it_by_its_key(self, desk):
        upload(desk)
        article = an_article("topic", history={"2026-02-01": a_body("Topic", steps=("one",))})
        page = f"/admin/articles/translation/{article.pk}/change/"
        sent = {**typed(desk.get(page)), "steps-0-picture": "cancel-2026", "steps-0-alt": "The button.", "note": "n"}
        assert desk.post(page, {**sent, "significance": "content", "_publish": "1"}).status_code == 302
        html = desk.get("/en/articles/topic/").content.decode()
        assert 'width="1280" height="720" alt="The button."' in html
        assert " 320w, " in html

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"picture": "none", "alt": "x"}, "picture-unknown"),
            ({"picture": "cancel-2026"}, "field-empty"),
            ({"picture": "cancel-2026", "drawing": "sidebar", "alt": "x"}, "picture-and-drawing"),
        ],
    )
    def test_one_that_is_not_there_or_not_described_is_refused(self, desk, changes, code):

        upload(desk)
        article = an_article("topic")
        assert code in {finding.code for finding in check_article(article, a_step(**changes), timezone.now())}


class TestWhatIsShown:
    @pytest.fixture
    def shown(self, desk):
        upload(desk)
        return an_article("shown", history={"2026-02-01": a_step(picture="cancel-2026", alt="x")})

    def test_it_is_kept_for_ever_under_the_address_of_its_bytes(self, desk, shown):
        href = Picture.objects.get().largest.href
        response = desk.get(href)
        assert response.headers["Content-Type"] == "image/webp"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in response.headers
        assert Image.open(BytesIO(response.content)).size == (1280, 720)
        for wrong in ("/pictures/0000000000000000.webp", "/pictures/..%2f..%2fetc.webp", "/pictures/x.png"):
            assert desk.get(wrong).status_code == 404

    def test_the_wizard_shows_it_too(self, desk):
        upload(desk)
        walked = Translation.objects.get(article__slug="walked", language="en")
        step = {**walked.revisions.get().body["steps"][0], "picture": "cancel-2026", "alt": "The button."}
        rest = walked.revisions.get().body["steps"][1:]
        live(walked, {"2026-02-01": {**walked.revisions.get().body, "steps": [step, *rest]}})
        page = desk.get("/en/wizard/way-go/?first=walk").content.decode()
        assert 'alt="The button."' in page

    def test_whoever_reviews_a_new_picture_looks_at_it(self, desk, shown):
        upload(desk, "cancel-2027", an_image(800, 600))
        author, seen = a_user("author"), {picture.key: picture.largest.href for picture in Picture.objects.all()}
        draft = a_draft(shown, a_step(picture="cancel-2027", alt="x"), author)
        html = desk.get(f"/admin/articles/translation/{shown.pk}/review/{draft.pk}/").content.decode()
        assert f'<img src="{seen["cancel-2027"]}" alt="cancel-2027"' in html
        assert seen["cancel-2026"] not in html  # readers have seen it

    def test_what_any_version_shows_is_not_deleted(self, desk, shown):
        picture = Picture.objects.get()
        with pytest.raises(ProtectedError):
            picture.delete()
        picked = {"action": "delete_selected", "_selected_action": [picture.pk], "post": "yes"}
        for page in (
            desk.post(f"/admin/articles/picture/{picture.pk}/delete/", {"post": "yes"}),
            desk.post("/admin/articles/picture/", picked),
        ):
            assert "shown · English" in page.content.decode()  # what shows it, not that somebody may not
        assert Picture.objects.exists()

    def test_nor_what_a_draft_in_the_bin_shows(self, desk):
        upload(desk)
        author = a_user("author")
        draft = a_draft(an_article("topic"), a_step(picture="cancel-2026", alt="x"), author)
        discard(draft, by=author, now=timezone.now())
        with pytest.raises(ProtectedError):
            Picture.objects.get().delete()

    def test_what_nothing_shows_is_listed_and_deleted_if_told_to(self, desk, shown):
        upload(desk, "unused")
        said = StringIO()
        call_command("unused_pictures", stdout=said)
        assert said.getvalue() == "unused\n1 unused, nothing was deleted\n"
        assert Picture.objects.count() == 2
        call_command("unused_pictures", "--delete", stdout=said)
        assert [picture.key for picture in Picture.objects.all()] == ["cancel-2026"]
