"""Preparing the environment of a process: secrets of a data folder, URLs of the embedded or a given database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compass.config.embedded import Cluster, write_secret


def create_secrets(folder: Path) -> None:
    """Root key, scope key, checkpoint key and Django's secret key, each once, in `folder/secrets` (mode 0400)."""
    for name in ("root.key", "scope.key"):
        if not (folder / "secrets" / name).exists():
            write_secret(folder / "secrets" / name, secrets.token_bytes(32))
    if not (folder / "secrets" / "django.key").exists():
        write_secret(folder / "secrets" / "django.key", secrets.token_urlsafe(50).encode())
    if not (folder / "secrets" / "checkpoint.key").exists():
        key = Ed25519PrivateKey.generate()
        write_secret(
            folder / "secrets" / "checkpoint.key",
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )
        (folder / "checkpoint.pub").write_bytes(
            key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )


def environment(cluster: Cluster, process: str, *, name: str = "compass") -> dict[str, str]:
    """What a process of kind app, owner or public needs, and nothing of what it must not have."""
    folder = cluster.folder
    env = {
        "COMPASS_PROCESS": process,
        "COMPASS_DATA": str(folder),
        "COMPASS_CHECKPOINTS": str(folder / "checkpoints"),
        "COMPASS_SECRET_KEY_FILE": str(folder / "secrets" / "django.key"),
        "DJANGO_SETTINGS_MODULE": "compass.config.settings",
    }
    if process == "public":
        env["COMPASS_PUBLIC_DATABASE_URL"] = cluster.url("compass_public", name)
        env.pop("COMPASS_SECRET_KEY_FILE")
        env["COMPASS_SECRET_KEY"] = secrets.token_urlsafe(50)
        return env
    env["COMPASS_ROOT_KEY_FILE"] = str(folder / "secrets" / "root.key")
    env["COMPASS_SCOPE_KEY_FILE"] = str(folder / "secrets" / "scope.key")
    env["COMPASS_CHECKPOINT_KEY_FILE"] = str(folder / "secrets" / "checkpoint.key")
    if process == "owner":
        env["COMPASS_OWNER_URL"] = cluster.url("compass_owner", name)
    else:
        env["COMPASS_DATABASE_URL"] = cluster.url("compass_app", name)
        env["COMPASS_COUNTS_URL"] = cluster.url("compass_counts", name)
    return env


def use(env: dict[str, str]) -> None:
    """Put it into this process before Django starts."""
    os.environ.update(env)
