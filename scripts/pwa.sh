#!/usr/bin/env bash
# Installs and builds the app in pwa/ when its sources changed; `test` runs its checks instead.
set -euo pipefail
[ -f pwa/package.json ] || exit 0
cd pwa

if ! cmp -s package-lock.json node_modules/.installed-lock; then
  echo "installing the app's packages"
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.installed-lock
fi

if [ "${1:-}" = test ]; then
  npm run -s lint
  npm run -s check
  npm run -s check:sw
  npm run -s test
  npm run -s sizes
  exit 0
fi

# Generated folders left out; the stamp lies in node_modules so that it survives no reinstall.
stamp=node_modules/.built
changed=$(find . \( -name node_modules -o -name build -o -name .svelte-kit -o -name paraglide -o -path ./project.inlang \) -prune \
  -o -type f \( ! -newer "$stamp" -o -print -quit \) 2>/dev/null || true)
if [ ! -f build/index.html ] || [ ! -f "$stamp" ] || [ -n "$changed" ]; then
  echo "building the app"
  touch node_modules/.building
  npm run -s build
  mv node_modules/.building "$stamp"
fi
