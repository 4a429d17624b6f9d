#!/bin/sh
# Installs WordPress 6.8 of Debian 13, on whichever Debian this is, with the drop-in that lets it keep its data in SQLite,
# and PHP. Nothing but PHP is installed into the system; the rest is unpacked.
#
# Debian keeps one version of a release, with its security fixes: the branch is what is pinned here.
set -eu
release=trixie
branch=6.8
dropin=@wp-playground/cli@3.1.56 # holds the plugin sqlite-database-integration 3.0.2
there=$SYNDICATE_SERVERS/wordpress
wanted="$release $branch $dropin"

has_php() {
    command -v php >/dev/null || return 1
    php -r 'foreach (["gd", "mbstring", "pdo_sqlite"] as $name) extension_loaded($name) || exit(1);'
}

if [ "$(cat "$there/.installed" 2>/dev/null)" = "$wanted" ] && has_php; then
    exit 0
fi
rm -rf "$there"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
    echo "$1" >&2
    exit 1
}
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "no apt-get and dpkg-deb here"
command -v npm >/dev/null || fail "no npm here (tests/real/install_node.sh installs one)"

if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    as_root=false # neither root, nor sudo without a password
fi
get="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300"

if ! has_php; then
    packages="php-cli php-gd php-mbstring php-sqlite3" # without GD, WordPress takes no pictures
    install="$get install -y --no-install-recommends $packages"
    $install || { $get update && $install; } || true # the lists may be missing, or too old
    has_php || fail "no PHP with GD, mbstring and SQLite: apt-get install $packages"
fi

# The release beside this machine's own, from the mirror that this machine uses, with lists of its own.
mirror() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/*$' | head -n 1
}
mirror=$(mirror)
[ -n "$mirror" ] || { $get update && mirror=$(mirror); } || true
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -n "$mirror" ] && [ -r "$keys" ] || fail "this machine knows no mirror of Debian"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/code"
echo "deb [signed-by=$keys] $mirror $release main" >"$work/sources.list"
set -- -qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root \
    -o Dir::State::Status=/dev/null
cd "$work"
apt-get "$@" update
apt-get "$@" download wordpress
dpkg-deb -x wordpress_"$branch".*_all.deb code || fail "$release has another WordPress: $(ls wordpress_*)"

npm pack --silent --pack-destination "$work" "$dropin" >/dev/null
mkdir dropin
tar -xzf wp-playground-cli-*.tgz -C dropin package/sqlite-database-integration.zip
"${PYTHON:-python3}" -m zipfile -e dropin/package/sqlite-database-integration.zip dropin

mkdir -p "$there"
mv code/usr/share/wordpress "$there/code"
mv dropin/plugin-sqlite-database-integration "$there/sqlite"
# Debian's own looks into /etc; the tests' is in tests/real/site, and told by the environment.
echo '<?php require getenv("SYNDICATE_WP_CONFIG");' >"$there/code/wp-config.php"
echo "$wanted" >"$there/.installed"
