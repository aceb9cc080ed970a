#!/bin/bash
# The unit file of the signer: what it must take away is there, and systemd understands it where systemd is.
set -euo pipefail
bin=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
unit=$here/packaging/systemd/zhengyin-signer@.service
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fail() { echo "units: $1" >&2; exit 1; }

for line in User=zhengyin NoNewPrivileges=yes CapabilityBoundingSet= LimitCORE=0 ProtectSystem=strict \
	ReadWritePaths=/var/lib/zhengyin ProtectHome=yes PrivateTmp=yes PrivateDevices=yes PrivateNetwork=yes \
	RestrictAddressFamilies=AF_UNIX RestrictNamespaces=yes ProtectProc=invisible SystemCallFilter=@system-service \
	Restart=always KillMode=mixed LoadCredential=%i.pin; do
	grep -qxF "$line" "$unit" || fail "the unit does not say $line"
done
# each option that it is started with is one that the program knows, and each line is an assignment, a section or a comment
for option in $(grep '^ExecStart=' "$unit" | grep -o -- ' --[a-z-]*'); do
	"$bin/zhengyin-signer" --help | grep -qF -- "$option " || fail "the signer has no option $option"
done
if grep -vE '^(#.*|\[[A-Z][A-Za-z]*\]|[A-Z][A-Za-z]*=.*|)$' "$unit"; then fail "these lines are no unit file's"; fi

command -v systemd-analyze >/dev/null || exit 0
sed "s|^ExecStart=/usr/bin|ExecStart=$bin|; s|^User=.*|User=root|; s|^Group=.*|Group=root|" "$unit" \
	>"$dir/zhengyin-signer@test.service"
said=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$dir/zhengyin-signer@test.service" 2>&1) ||
	fail "systemd does not take the unit: $said"
said=$(grep -F "zhengyin-signer@" <<<"$said" || true)
[ -z "$said" ] || fail "systemd says: $said"
