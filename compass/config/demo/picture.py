"""Drawn papers of the story: a prescription and a receipt that name no one and show no real form."""

from __future__ import annotations

import io
from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from compass.ui.uploads import Attachment, checked

WIDTH, HEIGHT, MARGIN = 900, 1200, 70
PAPER, INK, FAINT = "#fbfaf6", "#26323b", "#b9c1c6"
LETTERS = 44


def paper(title: str, lines: Sequence[str], name: str) -> Attachment:
    """A sheet with a title and lines, wrapped, as a checked JPEG."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(sheet)
    large, small = ImageFont.load_default(44), ImageFont.load_default(30)
    pen.rectangle((30, 30, WIDTH - 30, HEIGHT - 30), outline=FAINT, width=3)
    pen.text((MARGIN, 80), title, INK, large)
    pen.line((MARGIN, 150, WIDTH - MARGIN, 150), FAINT, 3)
    down = 200
    for line in lines:
        for part in _wrapped(line):
            pen.text((MARGIN, down), part, INK, small)
            down += 46
        down += 26
    pen.line((MARGIN, HEIGHT - 160, WIDTH // 2, HEIGHT - 160), FAINT, 3)
    kept = io.BytesIO()
    sheet.save(kept, "JPEG", quality=85)
    return checked(SimpleUploadedFile(name, kept.getvalue(), "image/jpeg"))


def _wrapped(line: str) -> list[str]:
    rows = [""]
    for word in line.split(" "):
        if rows[-1] and len(rows[-1]) + len(word) >= LETTERS:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows
