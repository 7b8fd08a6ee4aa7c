"""Printed pages, set with typst in memory: nothing that names a person touches the disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).resolve().parent / "typst"
FONTS = FOLDER / "fonts"
_COMPILE: Any = typst.compile  # its types mix up the input with the folders of fonts


def typeset(template: Path, data: dict[str, Any]) -> bytes:
    """A tagged PDF (PDF/UA-1) of a template that reads `data` as JSON from `sys.inputs.data`.

    The template finds Noto Sans and Noto Naskh Arabic and no other font, so that it looks the same everywhere.
    """
    made = _COMPILE(
        template.read_bytes(),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        pdf_standards=["ua-1"],
    )
    return bytes(made)
