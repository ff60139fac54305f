#!/bin/sh
# All tests, in the order of how much company they bear: calls, which mostly wait, and what only thinks, many beside one
# another; pages, whose browsers take a processor each; what judges milliseconds, and containers, alone. What failed in
# company, which may be the machine's doing, runs once more by itself; that decides, and is told. Asked for by `make test`.
set -eu
cd "$(dirname "$0")/.."
calls=${1:?how many processes for calls} pages=${2:?how many processes for pages}
failed=

part() {
    began=$(date +%s)
    code=0
    .venv/bin/python -m pytest "$@" || code=$?
    echo "tests: this part took $(($(date +%s) - began)) s"
    case $code in
    0) ;;
    1) failed=yes ;;
    *) exit "$code" ;;
    esac
}

rm -f .pytest_cache/v/cache/lastfailed
.venv/bin/python -m tests.live.voices
part -m "not (browser or measured or containers)" -n "$calls" --dist loadfile --no-loadscope-reorder
part -m "browser and not measured" -n "$pages" --dist loadfile --no-loadscope-reorder
part -m "measured"
part tests/containers
if [ -n "$failed" ]; then
    echo "tests: some failed; those once more, alone"
    failed=
    part --last-failed --last-failed-no-failures none
    [ -z "$failed" ]
fi
