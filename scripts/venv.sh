#!/usr/bin/env bash
# Puts the pinned packages of one requirements file into .venv, once per change of that file.
set -euo pipefail
file=$1
stamp=.venv/.installed-$(basename "$file" .txt)
[ -f "$stamp" ] && cmp -s "$file" "$stamp" && exit 0

if ! .venv/bin/python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then
  echo "making .venv"
  "$(scripts/tools.sh python)" -m venv --clear .venv
fi
echo "installing the packages of $file"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r "$file"
cp "$file" "$stamp"
