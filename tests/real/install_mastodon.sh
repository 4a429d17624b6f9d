#!/bin/sh
# Installs mastodon-mock, in an environment of its own: it brings its own versions of what the tests may use too.
set -eu
wanted=mastodon-mock==0.6.1
pins=$(dirname "$0")/mastodon.txt
there=$SYNDICATE_SERVERS/mastodon
stamp="$wanted $(cksum <"$pins")"
[ "$(cat "$there/.installed" 2>/dev/null)" != "$stamp" ] || exit 0

rm -rf "$there"
python=${PYTHON:-python3}
"$python" -m venv --without-pip "$there"
"$python" -m pip --disable-pip-version-check --quiet --no-input --python "$there" install --constraint "$pins" "$wanted"
"$there/bin/python" -c "import mastodon_mock.app"
echo "$stamp" >"$there/.installed"
