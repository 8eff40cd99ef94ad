#!/usr/bin/env bash
# A Chromium and a Chinese font for the browser tests: what is installed, else by apt as root, else Playwright's own.
set -euo pipefail
for name in chromium google-chrome google-chrome-stable chromium-browser; do
  if "$name" --version >/dev/null 2>&1; then
    echo "browser tests use $(command -v "$name")"
    exit 0
  fi
done

is_root=$([ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo yes || echo no)
if [ "$is_root" = yes ]; then
  export DEBIAN_FRONTEND=noninteractive
  # Ubuntu's package of that name is only a pointer to a snap, which does not run in a container.
  packages=$(. /etc/os-release && [ "${ID:-}" = debian ] && echo "chromium fonts-noto-cjk" || echo fonts-noto-cjk)
  echo "installing by apt-get: $packages"
  # shellcheck disable=SC2086 # several packages
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages >/dev/null; } || echo "apt-get could not"
  if chromium --version >/dev/null 2>&1; then
    exit 0
  fi
fi
echo "installing Playwright's own Chromium"
if [ "$is_root" = yes ]; then
  .venv/bin/playwright install --with-deps chromium
else
  .venv/bin/playwright install chromium
fi
