#!/usr/bin/env bash
# Installs what the tests use beside npm packages: Chromium (Debian package) and delve (Go module).
# Each is optional: what cannot be installed is named, and the tests that need it are skipped with that reason.
set -u

if ! command -v chromium >/dev/null && command -v apt-get >/dev/null; then
  if [ "$(id -u)" = 0 ]; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } ||
      echo 'chromium could not be installed: browser tests will be skipped'
  else
    echo 'not root, so chromium is not installed: browser tests will be skipped'
  fi
fi

if command -v go >/dev/null; then
  bin=$(go env GOPATH)/bin
  if ! command -v dlv >/dev/null && [ ! -x "$bin/dlv" ]; then
    go install github.com/go-delve/delve/cmd/dlv@v1.27.2 ||
      echo 'delve could not be installed: debugger tests will be skipped'
  fi
else
  echo 'no go on the PATH: tests that need Go will be skipped'
fi
