#!/bin/sh
# Builds and starts the switchboard in containers, after looking whether this machine's engine can: `make containers`.
set -eu
cd "$(dirname "$0")/.."
fail() { echo "$*" >&2; exit 1; }

# at_least FOUND WANTED: whether the version FOUND is WANTED or newer
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

command -v docker >/dev/null || fail "docker is not installed: see docs/operations.md"
engine=$(docker version --format '{{.Server.Version}}' 2>/dev/null) ||
    fail "no Docker engine answers: is it started, and may $(id -un) use it (group docker)?"
at_least "$engine" 23 || fail "Docker Engine 23 or newer is needed, found $engine"
compose=$(docker compose version --short 2>/dev/null) || fail "docker compose is not installed (a plugin of version 2.20 or newer)"
at_least "${compose#v}" 2.20 || fail "Docker Compose 2.20 or newer is needed, found $compose"
exec docker compose up --build "$@"
