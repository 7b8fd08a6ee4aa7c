#!/bin/sh
# Put the command `compass` into the virtual environment: it runs what lies in this folder, from wherever it is called.
set -eu
venv=$1
here=$(cd "$(dirname "$0")/.." && pwd -P)
case $venv in /*) ;; *) venv=$(pwd -P)/$venv ;; esac
{
  echo '#!/bin/sh'
  echo "PYTHONPATH='$here'\${PYTHONPATH:+:\$PYTHONPATH}"
  echo 'export PYTHONPATH'
  echo "exec '$venv/bin/python' -m compass.config.cli \"\$@\""
} >"$venv/bin/compass"
chmod 755 "$venv/bin/compass"
