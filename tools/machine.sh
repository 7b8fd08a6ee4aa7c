#!/bin/sh
# The tests drive a real Chromium, and a real PKCS#11 library (SoftHSM). Root on Debian gets what is missing installed;
# everyone else gets the one line to run.
set -eu

browser() {
  for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && return 0
  done
  return 1
}

missing() {
  browser || printf ' chromium'
  command -v softhsm2-util >/dev/null 2>&1 || printf ' softhsm2'
}

wanted="$(missing)"
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests:$wanted ..."
  # shellcheck disable=SC2086
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $wanted >/dev/null || true
  wanted="$(missing)"
  [ -n "$wanted" ] || exit 0
fi
echo "The tests need what is not on this machine. Run: sudo apt-get install$wanted" >&2
exit 1
