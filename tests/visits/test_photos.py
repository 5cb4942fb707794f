"""Pictures of a visit: made anew, shown to the staff of the place, refused in words, taken away."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from apps.audit.models import Event
from apps.core import private_files
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.actions.photos import BUCKET, MOST
from apps.visits.models import Occasion, Visit, VisitPhoto
from apps.visits.queries.photos import photos_in_use
from tests.factories.city import make_person


def jpeg(colour="red", size=(2000, 1000)):
    image = Image.new("RGB", size, colour)
    exif = image.getexif()
    exif[0x010F] = "CAMERAOFMINE"
    exif.get_ifd(0x8825)[2] = (30.0, 31.0, 32.0)
    target = io.BytesIO()
    image.save(target, "JPEG", exif=exif)
    return target.getvalue()


def file(content, name="看望.jpg"):
    return SimpleUploadedFile(name, content, "image/jpeg")


@pytest.fixture
def visit(city):
    person = make_person(city.clerk_a, city.a1, name="周一平")
    with scope(system_actor()):
        return Visit.objects.create(
            **person.row_keys(),
            occasion=Occasion.objects.get(code="routine"),
            visited_on=timezone.localdate(),
            way="home",
            recorded_by=1,
            recorded_by_name="经办",
        )


def address(name, row):
    return reverse(f"visits:{name}", args=[row.pk])


def photos():
    with scope(system_actor()):
        return list(VisitPhoto.objects.order_by("uploaded_at", "pk"))


def test_kept_without_metadata_shown_and_removed(city, visit, sign_in):
    client = sign_in(city.clerk_a)
    page = address("visit", visit)
    assert address("photos", visit) in client.get(page).text
    sent = {"file": [file(jpeg()), file(jpeg("blue"))], "caption": "春节看望<b>"}
    assert client.post(address("photos", visit), sent).status_code == 302
    first, second = photos()
    text = client.get(page).text
    assert "春节看望&lt;b&gt;" in text
    assert address("photo-small", first) in text
    answer = client.get(address("photo-image", first))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.content)).size == (1600, 800)
    assert b"CAMERAOFMINE" not in answer.content
    assert Image.open(io.BytesIO(client.get(address("photo-small", first)).content)).size == (320, 160)
    assert client.post(address("photos", visit), {"file": [file(jpeg())]}).status_code == 302, "sent again"
    assert len(photos()) == 2
    assert "不能恢复" in client.get(address("photo-remove", first)).text
    assert client.post(address("photo-remove", first)).status_code == 302
    assert photos() == [second]
    with scope(system_actor()):
        assert photos_in_use({first.file_ref, second.file_ref, second.thumb_ref}) == {
            second.file_ref,
            second.thumb_ref,
        }
        summaries = set(Event.objects.values_list("summary", flat=True))
    assert {"上传走访照片：周一平，2张", "删除走访照片：周一平"} <= summaries


@pytest.mark.parametrize(
    ("content", "name", "word"),
    [
        (b"", "空.jpg", "空的"),
        (b"MZ\x90\x00 not a picture at all", "木马.jpg", "不是能用的照片"),
        (b"<html><script>alert(1)</script></html>", "页面.jpg", "不是能用的照片"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "苹果.jpg", "HEIC"),
        (jpeg()[:600], "半张.jpg", "照片"),
    ],
)
def test_wrong_files_are_refused_and_nothing_is_kept(city, visit, sign_in, content, name, word):
    answer = sign_in(city.clerk_a).post(
        address("photos", visit), {"file": [file(jpeg()), file(content, name)], "caption": ""}
    )
    assert answer.status_code == 422
    assert word in answer.text
    assert photos() == []


def test_not_more_than_a_visit_holds(city, visit, sign_in):
    client = sign_in(city.clerk_a)
    colours = [f"#{number:02x}0000" for number in range(0, 250, 25)]

    def many(number):
        return {"file": [file(jpeg(colour, (60, 40))) for colour in colours[:number]]}

    assert "一次最多" in client.post(address("photos", visit), many(MOST + 1)).text
    assert client.post(address("photos", visit), many(MOST)).status_code == 302
    more = client.post(address("photos", visit), {"file": [file(jpeg("green"))]})
    assert more.status_code == 422
    assert f"最多{MOST}张" in more.text
    assert len(photos()) == MOST


def test_another_county_and_leaders_see_none(city, visit, sign_in):
    sign_in(city.clerk_a).post(address("photos", visit), {"file": [file(jpeg())]})
    (photo,) = photos()
    other = sign_in(city.clerk_b)
    for name in ("photo-image", "photo-small", "photo-remove"):
        assert other.get(address(name, photo)).status_code == 404, name
    assert other.post(address("photo-remove", photo)).status_code == 404
    assert other.post(address("photos", visit), {"file": [file(jpeg("blue"))]}).status_code == 404
    leader = sign_in(city.leader_a)
    assert "走访照片" not in leader.get(address("visit", visit)).text
    assert leader.get(address("photo-image", photo)).status_code == 403
    assert photos() == [photo]
    assert private_files.read(BUCKET, photo.file_ref)
