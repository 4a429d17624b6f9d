#!/bin/sh
# Installs Ghost with the packages that its own lock file names.
# No package may run scripts of its own: they fetch programs from where only some machines get to.
set -eu
ghost=6.65.0
sqlite=13.2.0 # brings its program along; the version that Ghost names does not
there=$SYNDICATE_SERVERS/ghost
wanted="ghost $ghost, better-sqlite3 $sqlite"
[ "$(cat "$there/.installed" 2>/dev/null)" != "$wanted" ] || exit 0

[ -x "$SYNDICATE_SERVERS/node/bin/pnpm" ] || {
    echo "no Node and pnpm (see install_node.sh)" >&2
    exit 1
}
echo "Installing $wanted …"
rm -rf "$there"
mkdir -p "$there"
work=$(mktemp -d "$SYNDICATE_SERVERS/.ghost-XXXXXX") # beside it: what is unpacked there is linked, not copied
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

cd "$work"
npm pack --silent "ghost@$ghost" "better-sqlite3@$sqlite"
tar -xzf "ghost-$ghost.tgz" -C "$there" --strip-components=1
cd "$there"
XDG_CACHE_HOME=$work XDG_DATA_HOME=$work XDG_STATE_HOME=$work pnpm install --prod --frozen-lockfile --ignore-scripts \
    --reporter append-only --store-dir "$work/store" --registry "$(npm config get registry)"
sqlite_there=$(echo node_modules/.pnpm/better-sqlite3@*/node_modules/better-sqlite3)
rm -rf "$sqlite_there"
mkdir "$sqlite_there"
tar -xzf "$work/better-sqlite3-$sqlite.tgz" -C "$sqlite_there" --strip-components=1
node -e 'new (require("better-sqlite3"))(":memory:")'
echo "$wanted" >"$there/.installed"
