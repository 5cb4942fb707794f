"""Photographs are made anew: nothing but pixels comes through, and no file takes the portal down."""

import io
import struct
import zlib

import pytest
from PIL import Image

from apps.core.pictures import Box, PictureRefused, make_photograph


def picture(size=(900, 900), colours=("red", "blue"), kind="JPEG", **saved):
    """Left half and right half in two colours."""
    image = Image.new("RGB", size, colours[0])
    image.paste(colours[1], (size[0] // 2, 0, size[0], size[1]))
    target = io.BytesIO()
    image.save(target, kind, **saved)
    return target.getvalue()


def opened(content):
    return Image.open(io.BytesIO(content))


def with_metadata():
    image = Image.new("RGB", (900, 600), "red")
    image.paste("blue", (0, 0, 450, 600))
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "CAMERAOFMINE"
    exif.get_ifd(0x8825)[2] = (30.0, 31.0, 32.0)
    target = io.BytesIO()
    image.save(target, "JPEG", exif=exif, comment=b"COMMENTOFMINE", icc_profile=b"PROFILEOFMINE")
    return target.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP"])
def test_two_inches_and_a_thumbnail(kind):
    made = make_photograph(picture(kind=kind))
    photo, small = opened(made.full), opened(made.thumbnail)
    assert (photo.format, photo.size, small.format, small.size) == ("JPEG", (413, 626), "JPEG", (105, 159))
    assert photo.info["dpi"] == (300, 300)
    assert photo.getpixel((20, 300))[0] > 200
    assert photo.getpixel((390, 300))[2] > 200


def test_metadata_goes_and_the_picture_stands_upright():
    sent = with_metadata()
    assert b"CAMERAOFMINE" in sent
    made = make_photograph(sent)
    for content in (made.full, made.thumbnail):
        for word in (b"CAMERAOFMINE", b"COMMENTOFMINE", b"PROFILEOFMINE", b"Exif"):
            assert word not in content
        assert not opened(content).getexif()
    photo = opened(made.full)
    assert photo.getpixel((200, 50))[2] > 200
    assert photo.getpixel((200, 580))[0] > 200


def test_the_chosen_part_is_kept():
    made = opened(make_photograph(picture(), Box(0.5, 0.0, 0.4)).full)
    assert made.getpixel((20, 300))[2] > 200
    made = opened(make_photograph(picture(), Box(0.0, 0.0, 0.4)).full)
    assert made.getpixel((390, 300))[0] > 200


@pytest.mark.parametrize("box", [Box(0.99, 0.99, 1.0), Box(1.0, 1.0, 0.001), Box(0.0, 0.0, 0.001)])
def test_a_part_that_is_none_is_refused(box):
    with pytest.raises(PictureRefused) as refusal:
        make_photograph(picture(), box)
    assert refusal.value.code == "too-small"


def test_transparency_becomes_white_paper():
    image = Image.new("RGBA", (300, 500), (0, 0, 0, 0))
    target = io.BytesIO()
    image.save(target, "PNG")
    assert opened(make_photograph(target.getvalue()).full).getpixel((5, 5)) == (255, 255, 255)


def bomb():
    """A PNG of 40,000 × 40,000 pixels in a few hundred bytes of claims."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\x00" * 200_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


BAD = {
    "nothing": (b"", "empty"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "no-picture"),
    "html": (b"<!doctype html><script>alert(1)</script>", "no-picture"),
    "gif": (b"GIF89a" + b"\x00" * 60, "no-picture"),
    "pdf": (b"%PDF-1.7\n", "no-picture"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "no-picture"),
    "heic": (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "heic"),
    "truncated": (picture()[:2000], "damaged"),
    "bomb": (bomb(), "too-large"),
    "too small": (picture((40, 60)), "too-small"),
    "too many bytes": (b"\xff\xd8\xff" + b"\x00" * (15 * 1024 * 1024), "too-many-bytes"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_photograph_is_refused_in_words(name):
    content, code = BAD[name]
    with pytest.raises(PictureRefused) as refusal:
        make_photograph(content)
    assert refusal.value.code == code
    assert "。" in str(refusal.value)
