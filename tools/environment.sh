#!/bin/sh
# Makes .venv from the pinned, hashed requirements: `tools/environment.sh run` or `… dev` (adds what tests need,
# Debian's Chromium, Firefox and PostgreSQL among it).
# Done in no time when it is there already. The project itself is linked in, not installed: no build, no network.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd)
venv=$here/.venv

case ${1-} in
    run) requirements=requirements.txt ;;
    dev) requirements=requirements-dev.txt ;;
    *) echo "usage: $0 run|dev" >&2; exit 2 ;;
esac

say() { echo "$*"; }
fail() { echo "$*" >&2; exit 1; }

python_version() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
makes_venvs() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }

# The first Python of 3.11 or newer, one that can make environments before one that can't.
find_python() {
    found=
    for name in ${PYTHON-} python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
        path=$(command -v "$name") || continue
        new_enough "$path" || continue
        if makes_venvs "$path"; then echo "$path"; return; fi
        found=${found:-$path}
    done
    echo "$found"
}

# install_packages NAME…: with apt-get, after saying so. Fails when it can't.
install_packages() {
    say "installing on this machine: $* (apt-get)"
    install="apt-get install -y -q --no-install-recommends"
    export DEBIAN_FRONTEND=noninteractive
    $install "$@" >/dev/null 2>&1 || { apt-get update -q >/dev/null 2>&1 || :; $install "$@" >/dev/null; }
}

install_venv_package() {
    package=python$(python_version "$1")-venv
    command -v apt-get >/dev/null || fail "$1 can't make virtual environments: install its modules venv and ensurepip"
    [ "$(id -u)" = 0 ] || fail "$1 can't make virtual environments. Install what is missing once: sudo apt-get install $package"
    install_packages "$package" || fail "\`$install $package\` failed"
}

# What only tests need: Debian's Chromium, its Firefox and a font with Chinese characters for the pages, and PostgreSQL's
# programs. Where they are missing those tests are skipped, with the reason.
install_for_tests() {
    packages=
    [ -x /usr/bin/chromium ] || packages=chromium
    [ -x /usr/bin/firefox-esr ] || packages="$packages firefox-esr"
    [ -d /usr/share/fonts/opentype/noto ] || packages="$packages fonts-noto-cjk"
    ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || packages="$packages postgresql"
    [ -n "$packages" ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        say "some tests will be skipped. To have them, install once: apt-get install $packages"
        return 0
    fi
    # the programs only: Debian's package would make a database and start it
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    fi
    # shellcheck disable=SC2086  # several names
    install_packages $packages || say "\`$install $packages\` failed: some tests will be skipped"
}

[ "$1" = run ] || install_for_tests

python=
mark() { { cat "$requirements"; echo "$here"; python_version "$venv/bin/python"; } | sha256sum | cut -d' ' -f1; }
# What dev holds is all that run needs.
for made in dev "$1"; do
    want=$requirements
    [ "$made" = dev ] && requirements=requirements-dev.txt
    if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/.made-$made" 2>/dev/null)" = "$(mark)" ]; then exit 0; fi
    requirements=$want
done

if ! new_enough "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1 ||
    { [ -e "$venv/.place" ] && [ "$(cat "$venv/.place")" != "$here" ]; }; then
    python=$(find_python)
    [ -n "$python" ] || fail "no Python of version 3.11 or newer is on the PATH: install one, or name it: make PYTHON=/path/to/python3"
    makes_venvs "$python" || install_venv_package "$python"
    rm -rf "$venv"
    say "making the virtual environment .venv with Python $(python_version "$python")"
    "$python" -m venv "$venv"
    echo "$here" >"$venv/.place"
fi

say "installing $requirements into .venv (pinned, checked by hash; about half a minute)"
began=$(date +%s)
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r "$requirements"
say "  done after $(($(date +%s) - began)) s"

site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "$here" >"$site/switchboard-source.pth"
# the shell finds the interpreter: a path in a first line may hold neither spaces nor 128 letters
cat >"$venv/bin/switchboard" <<SCRIPT
#!/bin/sh
'''exec' "$venv/bin/python" "\$0" "\$@"
' '''
from switchboard.__main__ import main

main()
SCRIPT
chmod +x "$venv/bin/switchboard"
mark >"$venv/.made-$1"
