"""Sealing and opening: one blob per record here, beside one Fernet token per field (the peers' habit)."""

from __future__ import annotations

from uuid import uuid4

from cryptography.fernet import Fernet

from compass.config.bench.machine import Figures, machine, rate
from compass.vault import crypto

RECORD = {
    "given": "Aïcha",
    "family": "Ousmane Maman",
    "other": "",
    "birth_date": "1995-03-14",
    "birth_estimated": False,
    "place_of_origin": "Benin City",
    "phone": "+227 90 12 34 56",
    "remark": "speaks Hausa and Edo",
}


TRIED = "one Fernet token per field; one blob per record, here, costs one nonce and one tag for all its fields."


def beside(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.1f}x Fernet per field ({theirs:,.0f})"


def run() -> tuple[Figures, list[tuple[str, str, str]]]:
    """Records in a second, one thread; bytes stored for a record."""
    key, subject = crypto.new_key(), uuid4()
    place = {"table": "people_person", "column": "identity_sealed"}
    blob = crypto.seal_bytes(key, crypto.to_json(RECORD), subject=subject, version=1, **place)
    fernet = Fernet(Fernet.generate_key())
    fields = [str(value).encode() for value in RECORD.values()]
    tokens = [fernet.encrypt(field) for field in fields]
    file = b"x" * 1024 * 1024
    figures = {
        "seal_per_s": rate(lambda: crypto.seal_bytes(key, crypto.to_json(RECORD), subject=subject, version=1, **place)),
        "open_per_s": rate(lambda: crypto.from_json(crypto.open_bytes(key, blob, subject=subject, **place))),
        "fernet_seal_per_s": rate(lambda: [fernet.encrypt(field) for field in fields]),
        "fernet_open_per_s": rate(lambda: [fernet.decrypt(token) for token in tokens]),
        "seal_mb_per_s": rate(lambda: crypto.seal_bytes(key, file, subject=subject, version=1, **place)),
        "bytes": len(blob),
        "fernet_bytes": sum(len(token) for token in tokens),
    }
    rows = [
        (
            "records sealed in a second",
            f"{figures['seal_per_s']:,.0f}",
            beside(figures["seal_per_s"], figures["fernet_seal_per_s"]),
        ),
        (
            "records opened in a second",
            f"{figures['open_per_s']:,.0f}",
            beside(figures["open_per_s"], figures["fernet_open_per_s"]),
        ),
        ("bytes stored for a record of 8 fields", str(figures["bytes"]), f"{figures['fernet_bytes']} as Fernet tokens"),
        ("attachments sealed (MB/s)", f"{figures['seal_mb_per_s']:,.0f}", ""),
    ]
    return {"machine": machine(), **figures}, rows
