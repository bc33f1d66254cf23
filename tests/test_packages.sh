#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/setup, ci/lib/apt.sh, ci/stages/userland: what they find out about a machine, without
# network.
# shellcheck disable=SC2016  # code in quotes is for the bash that lib() starts
. "$(dirname "$0")/tap.sh"
real_cache=${USERPTR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/i915-userptr}
export USERPTR_CACHE=$TMP/cache
mkdir -p "$TMP/bin" "$TMP/clone" "$TMP/parts"
cp -r "$ROOT/ci" "$TMP/clone/ci"
chmod -R a+rX "$TMP"

# --- setup
is "setup: all is there: nothing said, exit 0" "$("$ROOT/ci/setup" 2>&1; echo $?)" 0
like "setup --list" "$("$ROOT/ci/setup" --list)" $'\n(mmdebstrap)\n'
sed -i "s/^NEEDS='/&\nnosuch-package nosuch-command\nnosuch-dev \/nosuch.h/" \
	"$TMP/clone/ci/setup"
as_user=()
((EUID != 0)) || as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
out=$("${as_user[@]}" "$TMP/clone/ci/setup" 2>&1)
is "setup: missing, as a user: exit 2" $? 2
is "setup: missing, as a user: the command, in one line" "$out" \
	"setup: packages are missing, as root: apt-get install --no-install-recommends nosuch-package nosuch-dev"
if ((EUID == 0)); then
	printf '#!/bin/sh\necho "$@" >>%s\n' "$TMP/calls" >"$TMP/bin/apt-get"
	chmod +x "$TMP/bin/apt-get"
	out=$(PATH=$TMP/bin:$PATH "$TMP/clone/ci/setup" 2>&1)
	is "setup: as root: an install that brings nothing is a fault" $? 3
	like "setup: as root: says what is still missing" "$out" \
		"still missing: nosuch-package nosuch-dev"
	is "setup: as root: one update, one install" "$(<"$TMP/calls")" \
		$'-qq update\n-qq -y --no-install-recommends install nosuch-package nosuch-dev'
	rm "$TMP/bin/apt-get"
fi

# --- mirrors: apt reads sources of ours
cat >"$TMP/apt.conf" <<-CONF
	Dir::Etc::SourceList "$TMP/sources.list";
	Dir::Etc::SourceParts "$TMP/parts";
CONF
mirrors()
{
	APT_CONFIG=$TMP/apt.conf bash -c ". '$ROOT/ci/lib/lib.sh'; . '$ROOT/ci/lib/apt.sh'
		apt_mirrors '$1'" | paste -sd' '
}
cat >"$TMP/sources.list" <<'LIST'
# deb http://commented.example/debian bookworm main
deb [arch=amd64] http://main.example/debian bookworm main contrib
deb http://safe.example/debian-security bookworm-security main
deb http://vendor.example/debian nodistro main
LIST
is "one-line sources: main" "$(mirrors forky)" \
	"http://main.example/debian http://safe.example/debian"
is "one-line sources: security" "$(mirrors bullseye-security)" \
	"http://safe.example/debian-security http://main.example/debian-security"
echo 'deb http://only.example/debian/ trixie main' >"$TMP/sources.list"
is "only main: security is looked for beside it" "$(mirrors bullseye-security)" \
	"http://only.example/debian-security"
rm "$TMP/sources.list"
cat >"$TMP/parts/x.sources" <<'DEB822'
Types: deb
URIs: http://a.example/debian http://b.example/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://a.example/sec
Suites: bookworm-security
Components: main
DEB822
is "deb822 sources: main" "$(mirrors forky)" \
	"http://a.example/debian http://b.example/debian"
like "deb822 sources: security" "$(mirrors bullseye-security)" \
	"^http://a.example/sec http://a.example/debian-security "
sed -i 's/bookworm[a-z-]*/nodistro/g' "$TMP/parts/x.sources"
is "other vendors are no mirror" "$(mirrors forky)" ''
out=$(APT_CONFIG=$TMP/apt.conf bash -c ". '$ROOT/ci/lib/lib.sh'; . '$ROOT/ci/lib/apt.sh'
	d=\$(apt_private forky) || exit" 2>&1)
is "no mirror: exit 3" $? 3
like "no mirror: says so in one line" "$out" '^[^
]*no Debian mirror in apt.s sources: configure one[^
]*$'

# --- qemu: a machine with a QEMU of its own
host_qemu()
{
	cat >"$TMP/bin/qemu-system-x86_64" <<-QEMU
		#!/bin/sh
		case \$1 in
		--version) echo 'QEMU emulator version $1 (Debian)' ;;
		-device) seq 100000 | sed 's/^/name "x/'; echo 'name "$2", bus PCI' ;;
		esac
	QEMU
	chmod +x "$TMP/bin/qemu-system-x86_64"
	USERPTR_CACHE=$real_cache PATH=$TMP/bin:$PATH "$ROOT/ci/stages/userland" --qemu 2>&1
}
own=$TMP/bin/qemu-system-x86_64
is "qemu: 10.1 with vfio-user is taken" "$(host_qemu 10.1.0 vfio-user-pci)" "$own"
is "qemu: 11.0 with vfio-user is taken" "$(host_qemu 11.0.50 vfio-user-pci)" "$own"
for case in "7.2.1 vfio-user-pci" "10.0.9 vfio-user-pci" "10.2.0 vfio-pci" "unknown vfio-user-pci"; do
	if [[ -n $(ls "$real_cache/userland" 2>/dev/null) ]]; then
		read -r version device <<<"$case"
		out=$(host_qemu "$version" "$device" | tail -n1)
		like "qemu: $case is not taken" "$out" '/userland/.*/qemu-system-x86_64$'
		like "qemu: instead of $case one that has it" \
			"$("$out" -device help 2>&1)" '"vfio-user-pci"'
	else
		skip "qemu: $case is not taken" "no extracted userland in the cache yet"
	fi
done
done_testing
