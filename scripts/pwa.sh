#!/usr/bin/env bash
# Installs and builds the app in pwa/ when its sources changed; `test` runs its checks instead.
set -euo pipefail
[ -f pwa/package.json ] || exit 0
# Two runs at once would install over each other: the second waits, and then finds all done.
mkdir -p var
exec 9>var/.pwa-lock
flock 9
cd pwa

if ! cmp -s package-lock.json node_modules/.installed-lock; then
  echo "installing the app's packages"
  log=$(mktemp)
  npm ci --no-audit --no-fund >"$log" 2>&1 || { cat "$log"; exit 1; }
  rm -f "$log"
  cp package-lock.json node_modules/.installed-lock
fi

if [ "${1:-}" = test ]; then
  flock -u 9
  # The typed client must be the one that the committed description of the API gives.
  client=src/lib/core/api/schema.d.ts fresh=src/lib/core/api/.fresh.d.ts
  trap 'rm -f "$fresh"' EXIT
  npx openapi-typescript ../docs/openapi.json -o "$fresh" >/dev/null
  cmp -s "$fresh" "$client" || { echo "the app's client is old: run \`make openapi\` and commit $client"; exit 1; }
  rm -f "$fresh"
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
  npm run -s build >node_modules/.build.log 2>&1 || { cat node_modules/.build.log; exit 1; }
  mv node_modules/.building "$stamp"
fi
