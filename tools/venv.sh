#!/bin/sh
# Make the virtual environment and install what a lock file names, with hashes. Says in one sentence what is missing.
set -eu
python=$1 venv=$2 lock=$3
if ! command -v "$python" >/dev/null 2>&1; then
  echo "COMPASS needs Python 3.11 or newer; '$python' was not found. Install it, or say: make PYTHON=/path/to/python3" >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "COMPASS needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1)." >&2
  exit 1
fi
if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
  echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv" >&2
  exit 1
fi
# Stopped halfway it has a python and no pip, or half of one: pip writes its list of files last.
whole='import sys; from importlib.metadata import files; sys.exit(not files("pip"))'
if ! "$venv/bin/python" -c "$whole" 2>/dev/null; then
  echo "Making the virtual environment in $venv ..."
  "$python" -m venv --clear "$venv"
fi
echo "Installing what $lock names ..."
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input --require-hashes --no-deps -r "$lock" || {
  echo "The packages could not be installed: check the connection to the package index and the free disk space." >&2
  exit 1
}
"$(dirname "$0")/command.sh" "$venv"
