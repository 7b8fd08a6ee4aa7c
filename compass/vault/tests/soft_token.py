"""A PKCS#11 token in software (SoftHSM), for the tests. The library is a real one; the device is a folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)


@dataclass(frozen=True)
class SoftToken:
    module: str
    label: str = "COMPASS-test"
    pin: str = "394817"

    @property
    def env(self) -> dict[str, str]:
        """What an operator sets."""
        return {"COMPASS_PKCS11_MODULE": self.module, "COMPASS_PKCS11_TOKEN": self.label}


@contextmanager
def soft_token(folder: Path) -> Iterator[SoftToken]:
    """A new token in an empty folder, for this process and those it starts."""
    found = next((path for path in LIBRARIES if Path(path).exists()), None)
    if found is None:
        raise RuntimeError("The tests need SoftHSM. Run: sudo apt-get install softhsm2")
    made = SoftToken(found)
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    try:
        pins = ["--pin", made.pin, "--so-pin", "58213974"]
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", made.label, *pins], check=True, capture_output=True
        )
        yield made
    finally:
        os.environ.pop("SOFTHSM2_CONF")
        if before is not None:
            os.environ["SOFTHSM2_CONF"] = before
