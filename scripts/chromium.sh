#!/usr/bin/env bash
# A Chromium and a Chinese font for the browser tests: what is installed, else by apt as root, else Playwright's own.
set -euo pipefail
for name in chromium google-chrome chromium-browser google-chrome-stable; do
  if command -v "$name" >/dev/null; then
    echo "browser tests use $(command -v "$name")"
    exit 0
  fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing chromium and fonts-noto-cjk by apt-get"
  if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null; then
    exit 0
  fi
fi
echo "installing Playwright's own Chromium"
.venv/bin/playwright install chromium
