"""What a prepared database and its static files were made from, so that an unchanged start does not do it again."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
PACKAGES = ("Django", "django-allauth", "procrastinate", "whitenoise")
KINDS = ("*.py", "static/**/*", "data/**/*")


def fingerprint(scope_key: Path) -> str:
    """A digest of the code, its static files, the packages that bring tables of their own, and the scope key."""
    digest = hashlib.sha256(scope_key.read_bytes())
    for name in PACKAGES:
        digest.update(f"{name} {version(name)}\n".encode())
    found = {path for kind in KINDS for path in PACKAGE.rglob(kind) if path.is_file() and "tests" not in path.parts}
    for path in sorted(found):
        digest.update(str(path.relative_to(PACKAGE)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
