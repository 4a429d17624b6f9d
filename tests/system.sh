#!/bin/sh
# Installs what the tests take from the system and it lacks: a PostgreSQL server, strace, and systemd's checker of units.
# No server is set up or started by that: the tests make their own, in a temporary folder. Silent where all are there.
#
# SYNDICATE_POSTGRES_BIN: the folder with `initdb` and `postgres`, where it is not one of the usual ones.
# CI: when set, what cannot be installed is a failure; elsewhere the tests that need it are skipped.
set -eu
PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin # where dpkg needs them, and a plain user's PATH lacks them
export PATH

missing() {
    server=
    if [ -n "${SYNDICATE_POSTGRES_BIN:-}" ]; then
        [ -x "$SYNDICATE_POSTGRES_BIN/initdb" ] && [ -x "$SYNDICATE_POSTGRES_BIN/postgres" ] && server=yes
    else
        for folder in /usr/lib/postgresql/*/bin; do
            [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && server=yes
        done
        command -v initdb >/dev/null && command -v postgres >/dev/null && server=yes
    fi
    [ "$server" ] || printf 'postgresql '
    command -v strace >/dev/null || printf 'strace '
    command -v systemd-analyze >/dev/null || printf 'systemd '
}

give_up() {
    echo "tests/system.sh: not there: ${lacking}($1)" >&2
    echo "  The tests of what needs it are skipped. To install it: apt-get install --no-install-recommends $lacking" >&2
    [ -z "${CI:-}" ] || exit 1
    exit 0
}

lacking=$(missing)
[ "$lacking" ] || exit 0
command -v apt-get >/dev/null || give_up "no apt-get here"
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    give_up "neither root, nor sudo without a password"
fi

# A drop-in that postgresql-common's own file includes; it is there only while the packages are set up.
drop_in=/etc/postgresql-common/createcluster.d/syndicate-tests.conf
log=$(mktemp)
trap '$as_root rm -f "$drop_in"; rm -f "$log"' EXIT
trap 'exit 1' HUP INT TERM
$as_root mkdir -p "${drop_in%/*}"
echo "create_main_cluster = false" | $as_root tee "$drop_in" >/dev/null

echo "Installing from the system's packages: $lacking…"
get="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120"
# shellcheck disable=SC2086  # words, each of them
if ! { $get update && $get install -y --no-install-recommends $lacking; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    give_up "apt-get failed"
fi
lacking=$(missing)
[ -z "$lacking" ] || give_up "still, after apt-get"
