"""Files that people send: what is accepted, what is kept of them, and how they are handed out again.

A photo is decoded and written anew, so that neither its metadata (place, time, device) nor anything appended to it
survives. A PDF is kept as it is. Nothing is ever shown inside a page: a file leaves as an attachment without rights.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Any

import puremagic
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from compass.problems import FileRefused

LIMIT_MB = 5
LIMIT = LIMIT_MB * 1024 * 1024
#: A phone's camera makes up to 50 million pixels; a small file may claim thousands of millions. A JPEG is read at a
#: fraction of its size, a PNG only whole (4 bytes a pixel in memory): a page scanned at 300 dpi has 9 million.
PIXELS = {"JPEG": 60_000_000, "PNG": 20_000_000}
LONGEST_SIDE = 3000
#: Of a photo of a face: enough to know somebody again, and small on a slow line.
LONGEST_FACE = 1200
#: Every scan of a progressive JPEG costs a pass over the whole picture, and an empty one a few bytes. Cameras and
#: programs write at most a dozen.
SCANS = 20
#: Metadata comes in pieces of 64 kB: a file of the largest size has some eighty.
PIECES = 1000
#: What carries a length behind it, or ends the picture: no stuffed byte, no restart marker.
MARKER = re.compile(rb"\xff[\xc0-\xcf\xd9-\xfe]")
END, SCAN = 0xD9, 0xDA
#: What reading a picture raises that was damaged, or built to break its reader.
DAMAGED = (
    ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError,
    struct.error, zlib.error,
)  # fmt: skip
SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


@dataclass(frozen=True)
class Attachment:
    """A checked file; `media_type` comes from its bytes, `name` from the sender (at most 120 characters)."""

    content: bytes
    media_type: str
    name: str


def file_field(label: Any, **options: Any) -> forms.FileField:
    """The question for a file that `checked` takes; kinds and size stand beside it before anything is sent."""
    return forms.FileField(
        label=label,
        help_text=_("JPEG, PNG or PDF, at most 5 MB. Place, time and device are removed from photos. Sealed."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIX)}),
        error_messages={"required": _("Choose the photo or the PDF.")},
        **options,
    )


def refused(why: str) -> FileRefused:
    return FileRefused(why=why, limit=LIMIT_MB)


def checked(upload: UploadedFile[bytes]) -> Attachment:
    """The file as it may be kept. Raises FileRefused for anything but a JPEG, a PNG or a PDF of at most 5 MB."""
    content = upload.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise refused(gettext("it is too large"))
    media_type = _kind(content)
    if media_type == "application/pdf":
        if b"%%EOF" not in content[-2048:]:
            raise refused(gettext("the PDF is damaged"))
        kept = content
    else:
        kept = _again(content, media_type)
    return Attachment(kept, media_type, str(upload.name or "")[-120:])


def dropped(request: HttpRequest) -> bool:
    """Whether the request was so large that its files were not read at all: the form must say so, not go on without."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    except ValueError:
        return True


def handed_out(content: bytes, media_type: str, name: str) -> HttpResponse:
    """The response that hands a file out; `name` says nothing about anyone.

    A photo, which was drawn anew when it came, is shown and not kept: a phone that is shared would keep a download. A PDF
    may hold what runs, so no browser opens it here.
    """
    how = "attachment" if media_type == "application/pdf" else "inline"
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": f'{how}; filename="{name}.{SUFFIX[media_type]}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )


def face(upload: UploadedFile[bytes]) -> Attachment:
    """A photo of a person as it may be kept, without the name of its file. Raises FileRefused for anything but a photo."""
    content = upload.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise refused(gettext("it is too large"))
    media_type = _kind(content)
    if media_type == "application/pdf":
        raise refused(gettext("it is not a photo (JPEG, PNG)"))
    return Attachment(_again(content, media_type, LONGEST_FACE), media_type, "")


def face_field(label: Any, **options: Any) -> forms.FileField:
    """The question for a photo that `face` takes: a phone offers its camera and the photos it has."""
    return forms.FileField(
        label=label,
        help_text=_("JPEG or PNG, at most 5 MB. Place, time and device are removed. Made smaller and sealed."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        error_messages={"required": _("Choose the photo.")},
        **options,
    )


def _kind(content: bytes) -> str:
    found = ""
    if content.startswith(b"%PDF-"):
        found = "application/pdf"
    elif content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        try:
            found = puremagic.from_string(content, mime=True)
        except (puremagic.PureError, ValueError):
            found = ""
    if found not in SUFFIX:
        raise refused(gettext("it is neither a photo (JPEG, PNG) nor a PDF"))
    return found


def _endless(content: bytes) -> bool:
    """Whether a JPEG makes its decoder work without end: more scans or pieces than any camera writes.

    Marker by marker, as a decoder goes: a preview inside the metadata and a film behind the picture do not count.
    """
    scans, place = 0, 2
    for _piece in range(PIECES):
        marker = MARKER.search(content, place)
        if marker is None or content[marker.end() - 1] == END:
            return False
        scans += content[marker.end() - 1] == SCAN
        if scans > SCANS:
            return True
        place = marker.end() + max(2, int.from_bytes(content[marker.end() : marker.end() + 2]))
    return True


def _again(content: bytes, media_type: str, longest: int = LONGEST_SIDE) -> bytes:
    form = "JPEG" if media_type == "image/jpeg" else "PNG"
    if form == "JPEG" and _endless(content):
        raise refused(gettext("the picture is damaged"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=[form])
            # From the header alone: nothing is decoded before the size is known to be bearable.
            if image.width * image.height > PIXELS[form]:
                raise refused(gettext("the picture has too many pixels: take it smaller, or crop it to what matters"))
            if form == "JPEG":
                image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            image.load()
            flat = image if image.mode == "RGB" else image.convert("RGB")
            # Made small before it is turned, so that no second copy of the whole picture is needed.
            flat.thumbnail((longest, longest))
            whole = ImageOps.exif_transpose(flat)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refused(
            gettext("the picture has too many pixels: take it smaller, or crop it to what matters")
        ) from error
    except DAMAGED as error:
        raise refused(gettext("the picture is damaged")) from error
    whole.info.clear()
    kept = io.BytesIO()
    if form == "JPEG":
        whole.save(kept, "JPEG", quality=85, optimize=True)
    else:
        whole.save(kept, "PNG", optimize=True)
    return kept.getvalue()
