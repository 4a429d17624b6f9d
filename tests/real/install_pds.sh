#!/bin/sh
# Installs a Bluesky PDS: the packages that pds_node/pnpm-lock.yaml names. To take another version, change it in
# pds_node/package.json, and in that folder run `pnpm install --lockfile-only`.
# No package may run scripts of its own: they fetch programs from where only some machines get to.
set -eu
from=$(cd "$(dirname "$0")" && pwd)/pds_node
there=$SYNDICATE_SERVERS/pds
files="package.json pnpm-workspace.yaml pnpm-lock.yaml"
wanted=$(cd "$from" && cat $files | cksum)
[ "$(cat "$there/.installed" 2>/dev/null)" != "$wanted" ] || exit 0

[ -x "$SYNDICATE_SERVERS/node/bin/pnpm" ] || {
    echo "no Node and pnpm (see install_node.sh)" >&2
    exit 1
}
echo "Installing the Bluesky PDS …"
rm -rf "$there"
mkdir -p "$there"
work=$(mktemp -d "$SYNDICATE_SERVERS/.pds-XXXXXX") # beside it: what is unpacked there is linked, not copied
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

(cd "$from" && cp $files "$there")
cd "$there"
XDG_CACHE_HOME=$work XDG_DATA_HOME=$work XDG_STATE_HOME=$work pnpm install --prod --frozen-lockfile --ignore-scripts \
    --reporter append-only --store-dir "$work/store" --registry "$(npm config get registry)"
node -e 'import("@atproto/pds").catch((error) => { console.error(error); process.exit(1) })'
echo "$wanted" >"$there/.installed"
