"""The photograph: set, cut, shown to whoever may see the person, replaced, taken off, brought back."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from apps.core import private_files
from apps.core.scope import scope
from apps.retirees.models import Portrait, PortraitHistory
from apps.retirees.queries.dossier import portraits_in_use
from tests.core.test_pictures import picture, with_metadata
from tests.factories.city import actor_of, make_person


def url(name, person, *more):
    return reverse(f"retirees:{name}", args=[person.pk, *more])


def sent(content, name="照片.jpg", **more):
    return {"file": SimpleUploadedFile(name, content), **more}


@pytest.fixture
def person(city):
    return make_person(city.clerk_a, city.a1)


def portrait_of(city, person):
    with scope(actor_of(city.clerk_a)):
        return Portrait.objects.filter(retiree_id=person.pk).first()


@pytest.fixture
def with_photo(city, sign_in, person):
    assert sign_in(city.clerk_a).post(url("photo", person), sent(picture())).status_code == 302
    return person


def test_a_photograph_is_cut_cleaned_and_shown(city, sign_in, person):
    client = sign_in(city.unit_a1)
    assert "⚠" not in client.get(url("photo", person)).text
    assert (
        client.post(url("photo", person), sent(with_metadata(), left="0", top="0", width="0.5")).status_code
        == 302
    )
    portrait = portrait_of(city, person)
    address = url("photo-image", person, portrait.digest)
    assert address in client.get(reverse("retirees:detail", args=[person.pk])).text
    for reader in ("unit_a1", "leader", "leader_a", "city_clerk"):
        answer = sign_in(getattr(city, reader)).get(address)
        assert answer.status_code == 200, reader
        assert b"CAMERAOFMINE" not in answer.content
    assert Image.open(io.BytesIO(answer.content)).size == (413, 626)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"].startswith("private")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" in answer.headers["Vary"]
    small = client.get(url("photo-small", person, portrait.digest))
    assert Image.open(io.BytesIO(small.content)).size == (105, 159)


def test_strangers_do_not_get_it(city, sign_in, client, with_photo):
    digest = portrait_of(city, with_photo).digest
    address = url("photo-image", with_photo, digest)
    assert client.get(address).status_code == 302
    for user, status in (("clerk_b", 404), ("unit_b1", 404), ("system_admin", 403), ("audit_admin", 403)):
        assert sign_in(getattr(city, user)).get(address).status_code == status, user
    other = make_person(city.clerk_a, city.a1, name="周文")
    assert sign_in(city.clerk_a).get(url("photo-image", other, digest)).status_code == 404
    assert sign_in(city.clerk_a).get(url("photo-image", with_photo, "0" * 64)).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是能用的照片"),
        (b"<html><script>alert(1)</script>", "不是能用的照片"),
        (b"", "空的"),
        (picture((30, 30)), "太小"),
    ],
)
def test_what_is_no_photograph_changes_nothing(city, sign_in, with_photo, content, words):
    before = portrait_of(city, with_photo).digest
    page = sign_in(city.clerk_a).post(url("photo", with_photo), sent(content))
    assert page.status_code == 422
    assert words in page.text
    assert portrait_of(city, with_photo).digest == before


@pytest.mark.parametrize("wrong", [{"left": "x"}, {"left": "2"}, {"width": "nan"}, {"top": "-1"}])
def test_a_cut_that_is_none_is_refused(city, sign_in, person, wrong):
    data = sent(picture(), **({"left": "0", "top": "0", "width": "0.5"} | wrong))
    assert sign_in(city.clerk_a).post(url("photo", person), data).status_code == 422
    assert portrait_of(city, person) is None


def test_replaced_removed_and_brought_back(city, sign_in, with_photo):
    client, first = sign_in(city.clerk_a), portrait_of(city, with_photo)
    client.post(url("photo", with_photo), sent(picture(colours=("green", "white"))))
    second = portrait_of(city, with_photo)
    assert second.digest != first.digest
    page = client.get(url("photo", with_photo)).text
    assert url("photo-small", with_photo, first.digest) in page
    assert client.get(url("photo-image", with_photo, first.digest)).status_code == 200
    assert sign_in(city.leader_a).get(url("photo-image", with_photo, first.digest)).status_code == 404
    assert client.post(url("photo-restore", with_photo, first.digest)).status_code == 302
    assert portrait_of(city, with_photo).digest == first.digest
    assert client.post(url("photo-remove", with_photo)).status_code == 302
    assert portrait_of(city, with_photo) is None
    assert "还没有照片" in client.get(url("photo", with_photo)).text
    assert client.post(url("photo-restore", with_photo, second.digest)).status_code == 302
    assert "照片" in client.get(reverse("retirees:detail", args=[with_photo.pk]) + "?tab=history").text
    for user, status in (("leader", 403), ("clerk_b", 404)):
        for name, more in (("photo", ()), ("photo-remove", ()), ("photo-restore", (first.digest,))):
            assert sign_in(getattr(city, user)).post(url(name, with_photo, *more)).status_code == status


def test_files_are_kept_as_long_as_they_can_be_brought_back(city, with_photo):
    portrait = portrait_of(city, with_photo)
    names = {portrait.file_ref, portrait.thumb_ref, "0" * 64}
    with scope(actor_of(city.city_clerk)):
        Portrait.objects.all().delete()
        assert portraits_in_use(names) == {portrait.file_ref, portrait.thumb_ref}
        late = timezone.now() + timedelta(days=31)
        assert PortraitHistory.objects.filter(pgh_label="delete", pgh_created_at__lt=late).exists()
    assert private_files.read("portraits", portrait.file_ref)[:2] == b"\xff\xd8"
