"""The public process: it never reads a key, nor the code that uses keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from compass.config.environment import environment

ASKED = """
import json, sys
from compass.config.wsgi import application
from django.test import Client
from django.conf import settings
status = Client(headers={"host": "localhost"}).get("/").status_code
print(json.dumps({
    "status": status,
    "modules": sorted(name for name in sys.modules if name.startswith("compass.")),
    "files": [settings.COMPASS_ROOT_KEY_FILE, settings.COMPASS_SCOPE_KEY_FILE, settings.COMPASS_CHECKPOINT_KEY_FILE],
}))
"""


def test_the_public_process_is_given_no_key_and_imports_nothing_that_opens_records(cluster, fresh_database):
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COMPASS_")},
        **environment(cluster, "public", name=fresh_database()), "COMPASS_DEMONSTRATION": "1",
    }  # fmt: skip

    done = subprocess.run([sys.executable, "-c", ASKED], env=env, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout.splitlines()[-1])

    assert said["status"] == 200
    assert said["files"] == ["", "", ""]
    assert not [name for name in env if "KEY_FILE" in name]
    rooms = {name.split(".")[1] for name in said["modules"]}
    assert not rooms & {"people", "cases", "reception", "returns", "reintegration", "communities", "programme", "trail"}
    assert not {"compass.vault.keys", "compass.vault.crypto", "compass.vault.root", "compass.access.scope"} & set(
        said["modules"]
    )
