"""Hostile files: what is refused, and what is left of what is kept."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import warnings
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from compass.problems import FileRefused
from compass.ui.uploads import SCANS, checked, handed_out

SCRIPT = b"<script>alert(1)</script>"


def picture(form="JPEG", size=(40, 30), **options):
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, form, **options)
    return out.getvalue()


def give(content, name="photo.jpg"):
    return checked(SimpleUploadedFile(name, content))


def flood(side=50_000):
    """A PNG of a few hundred bytes that claims this many pixels on each side."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("form", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_it_works(form, media_type):
    kept = give(picture(form))

    assert kept.media_type == media_type
    assert Image.open(io.BytesIO(kept.content)).size == (40, 30)


def test_a_pdf_is_kept_as_it_is():
    pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

    assert give(pdf, "a.pdf").content == pdf


def test_metadata_is_gone():
    exif = Image.Exif()
    exif[0x010E] = "Zinder, maison bleue"
    exif[0x8825] = {1: "N", 2: (13.0, 48.0, 0.0)}

    kept = give(picture(exif=exif, comment=b"secret comment"))

    assert b"maison" not in kept.content and b"secret" not in kept.content
    assert not Image.open(io.BytesIO(kept.content)).getexif()


def test_what_is_appended_to_a_photo_is_gone():
    assert SCRIPT not in give(picture() + SCRIPT).content


def test_a_large_photo_is_made_smaller():
    assert max(Image.open(io.BytesIO(give(picture(size=(4000, 2000))).content)).size) == 3000


@pytest.mark.parametrize(
    "content",
    [
        b"", b"x", SCRIPT, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"GIF89a" + SCRIPT,
        b"<html>" + picture(), b"\xff\xd8\xff" + SCRIPT, b"\x89PNG\r\n\x1a\n" + SCRIPT, picture()[:200],
        SCRIPT + b"%PDF-1.4 %%EOF", b"%PDF-1.4 cut off", b"PK\x03\x04 word/document.xml", b"MZ\x90\x00",
        flood(), picture("PNG", (9000, 9000)), b"\xff\xd8\xff" + b"\0" * (5 * 1024 * 1024 + 1),
    ],
    ids=[
        "empty", "byte", "html", "svg", "gif with html", "html then photo", "fake jpeg", "fake png", "cut jpeg",
        "html then pdf", "cut pdf", "zip", "program", "pixel flood", "81 million pixels", "too large",
    ],
)  # fmt: skip
def test_it_is_refused(content):
    with pytest.raises(FileRefused):
        give(content, "innocent.jpg")


@pytest.mark.parametrize("side", [20_000, 50_000, 4_500])
def test_a_picture_that_claims_too_much_is_refused_before_it_is_decoded(monkeypatch, side):
    def decoded(*_):
        raise AssertionError("memory was taken for its pixels")

    monkeypatch.setattr(PngImageFile, "load", decoded)

    with override("en"), pytest.raises(FileRefused, match="take it smaller, or crop it"):
        give(flood(side), "photo.png")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "I;16"])
def test_a_large_picture_is_never_held_three_times(monkeypatch, mode):
    """What is turned and written is the small one: the whole one is held once as it came and once as RGB."""
    turned = []
    turn = ImageOps.exif_transpose
    monkeypatch.setattr(ImageOps, "exif_transpose", lambda image: turned.append(image.size) or turn(image))
    out = io.BytesIO()
    Image.new(mode, (3200, 100)).save(out, "PNG")

    give(out.getvalue(), "photo.png")

    assert turned == [(3000, 94)]


def scanned(times, before=b""):
    """A real progressive JPEG whose last scan comes so many times more, `before` put in front of each of them."""
    good = picture(progressive=True)
    last = good[good.rindex(b"\xff\xda") : -2]
    return good[:-2] + (before + last) * times + b"\xff\xd9"


@pytest.mark.parametrize("times", [0, 5])
def test_a_progressive_photo_is_kept(times):
    assert Image.open(io.BytesIO(scanned(times)), formats=["JPEG"]).info["progressive"]
    assert give(scanned(times)).media_type == "image/jpeg"


@pytest.mark.parametrize(
    "before",
    [b"", b"\xff\xff", b"\xff\x02\xff\xff", b"\xff\xd0", b"\xff\x00", b"\xff\xfe\x00\x04\xff\xd9", b"rubbish"],
    ids=["plain", "filled", "false length", "restart", "stuffed", "end in a comment", "rubbish"],
)
def test_a_photo_of_endless_scans_is_refused_before_it_is_decoded(monkeypatch, before):
    """Each scan is some bytes for its sender and a pass over the whole picture for us."""

    def decoded(*_):
        raise AssertionError("time was taken for its scans")

    monkeypatch.setattr(JpegImageFile, "load", decoded)

    with override("en"), pytest.raises(FileRefused, match="the picture is damaged"):
        give(scanned(SCANS, before))


def test_a_photo_of_endless_metadata_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("time was taken for its metadata"))

    with override("en"), pytest.raises(FileRefused, match="the picture is damaged"):
        give(b"\xff\xd8" + b"\xff\xe0\x00\x02" * 10_000 + picture()[2:])


@pytest.mark.parametrize("form", ["JPEG", "progressive"])
def test_what_looks_like_scans_inside_or_behind_a_photo_is_none(form):
    """A preview in the metadata, a film that a telephone puts behind its photo."""
    noise = b"\xff\xda" * 3 * SCANS
    good = picture(progressive=form == "progressive", comment=noise)

    assert give(good + noise).media_type == "image/jpeg"


@pytest.mark.parametrize(
    ("media_type", "how"),
    [("image/png", 'inline; filename="7K4M-29XD.png"'), ("application/pdf", 'attachment; filename="7K4M-29XD.pdf"')],
)
def test_a_photo_is_shown_and_a_pdf_kept_and_neither_has_rights(media_type, how):
    response = handed_out(b"x", media_type, "7K4M-29XD")

    assert response.headers["Content-Disposition"] == how
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def spoiled(kind):
    """A good PNG with a chunk behind the picture that breaks the reader of that chunk."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    good = picture("PNG")
    return good[:-12] + chunk(kind, b"") + good[-12:]


@pytest.mark.parametrize(
    "kind", [b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"iCCP", b"eXIf", b"acTL", b"fcTL", b"tRNS", b"PLTE"]
)
def test_a_chunk_that_breaks_the_reader_is_no_fault_of_ours(kind):
    with contextlib.suppress(FileRefused):
        assert give(spoiled(kind)).media_type == "image/png"


def test_metadata_that_cannot_be_written_again_is_no_fault_of_ours():
    """EXIF whose turn and description hold the wrong kind of value: found by changing bytes at random."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "x"
    good, seed = picture(exif=exif), random.Random(1)
    start = good.index(b"Exif")

    for _ in range(400):
        bad = bytearray(good)
        for _ in range(seed.choice((1, 2, 5))):
            bad[seed.randrange(start, start + 60)] = seed.choice((0, 1, 2, 3, 255, seed.randrange(256)))
        with contextlib.suppress(FileRefused), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            give(bytes(bad))
