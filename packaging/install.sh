#!/usr/bin/env bash
# Installs the Debian packages of the sections named: packaging/install.sh run check. What is there stays as it is.
set -eu
cd "$(dirname "$0")"
sections=" $* "
wanted=$(awk -v sections="$sections" '
	/^#/ || NF == 0 { next }
	/^\[/ { gsub(/[][]/, ""); on = index(sections, " " $0 " ") > 0; next }
	on { print $1 }' packages.txt)
have() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }
# node may have come another way than as a Debian package
present() { case $1 in nodejs) command -v node >/dev/null ;; npm) command -v npm >/dev/null ;; *) have "$1" ;; esac; }
missing=
for package in $wanted; do
	present "$package" || missing="$missing $package"
done
if [ -z "$missing" ]; then
	echo "packages: all installed"
	exit 0
fi
echo "packages: installing$missing"
as_root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || { echo "error: run this as root, or install sudo:$missing" >&2; exit 69; }
	as_root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
