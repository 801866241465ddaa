#!/usr/bin/env bash
# Brings the page up to date: its packages when the lock file is newer than what is installed, and web/dist, which the
# server embeds, when a source of it is newer. With the argument "packages", only the packages.
set -euo pipefail
cd "$(dirname "$0")/../web"

if ! command -v npm >/dev/null; then
    echo "web: npm is missing; install Node 20.19, 22.12 or later" >&2
    exit 1
fi

if [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund
    # npm gives the file the time of the lock on some systems; what counts is when it was installed.
    touch node_modules/.package-lock.json
fi
if [ "${1:-}" = packages ]; then
    exit 0
fi

# Whatever the build reads: all that git knows or would add here except tests, and the generated types of the protocol.
# Building only when one of them is newer keeps cargo from compiling the embedded page again for nothing.
newer=$(find . ../protocol/ts -type f -newer dist/index.html \
    -not -path './node_modules/*' -not -path './dist/*' -not -path './e2e/*' -not -path './test-results/*' -print -quit 2>/dev/null) || newer=dist
if [ ! -f dist/index.html ] || [ -n "$newer" ]; then
    npm run build
    touch dist/index.html
fi
