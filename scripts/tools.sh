#!/usr/bin/env bash
# Names everything that is missing on this machine in one line, or says nothing.
set -u
missing=()

python=""
for candidate in python3.12 python3.11 python3; do
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  missing+=("Python 3.11 or 3.12")
elif ! [ -x .venv/bin/python ] && ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  missing+=("Python's venv module (apt-get install python3-venv)")
fi

if ! node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null; then
  missing+=("Node 20 or newer (nodejs)")
fi
for tool in npm git make; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
for tool in setpriv unshare; do
  command -v "$tool" >/dev/null || missing+=("$tool (util-linux)")
done

if [ ${#missing[@]} -gt 0 ]; then
  joined=$(printf '%s; ' "${missing[@]}")
  echo "Missing here: ${joined%; }" >&2
  exit 1
fi
[ "${1:-}" = python ] && echo "$python"
exit 0
