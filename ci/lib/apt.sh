# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Packages of Debian suites that this machine is not configured for.  The
# mirror is the machine's own, lists and archives are private ones in the
# cache: works as an ordinary user, and apt's own state is never touched.

# apt_uris: "URI SUITE" of every configured repository.  apt itself reads its
# sources (one-line or deb822) and prints what an update would fetch.
apt_uris()
{
	local tmp

	temp_dir tmp
	mkdir -p "$tmp/partial"
	apt-get -o Dir::State::Lists="$tmp" -o Debug::NoLocking=1 \
		update --print-uris 2>/dev/null |
		sed -nE "s|^'([^']*)/dists/([^/']+)(/[^']*)?/(In)?Release'.*|\1 \2|p" |
		sort -u
	lib_rm_tree "$tmp"
}

# apt_mirrors SUITE: URIs which may carry SUITE, best first.  Mirrors often
# have the security archive beside the main one.
apt_mirrors()
{
	local want=$1 uri suite secure=() plain=()

	while read -r uri suite; do
		# Only Debian's own names: other vendors' archives are no mirror.
		case $suite in
		*-security | */updates)
			secure+=("$uri") ;;
		buster | bullseye | bookworm | trixie | forky | sid | *stable | testing)
			plain+=("$uri") ;;
		esac
	done < <(apt_uris)
	{
		if [[ $want == *-security ]]; then
			printf '%s\n' "${secure[@]}"
			printf '%s\n' "${plain[@]}" |
				sed -nE 's|/debian/*$|/debian-security|p'
		else
			printf '%s\n' "${plain[@]}"
			printf '%s\n' "${secure[@]}" |
				sed -nE 's|-security/*$||p'
		fi
	} | awk 'NF && !seen[$0]++'
}

# apt_source URI SUITE: a one-line source.
apt_source()
{
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg

	[[ -r $keyring ]] && keyring="[signed-by=$keyring] " || keyring=
	printf 'deb %s%s %s main\n' "$keyring" "$1" "$2"
}

# apt_private SUITE: prepare and update private lists for SUITE; prints the
# directory, in which apt.conf (for apt-get -c) and sources are.
apt_private()
{
	local suite=$1 dir=$CACHE/apt/$1 uri tried=()

	have apt-get || die 3 "apt-get is missing: run this on Debian (a kernel alone can come from --tree DIR)"
	cache_init
	mkdir -p "$dir/lists/partial" "$dir/archives/partial" "$dir/sources.d"
	cat >"$dir/apt.conf" <<-CONF
		Dir::Etc::SourceList "$dir/sources";
		Dir::Etc::SourceParts "$dir/sources.d";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		Dir::State::Lists "$dir/lists";
		Dir::State::Status "$dir/status";
		Dir::Cache "$dir";
		Dir::Cache::Archives "$dir/archives";
		# Old suites' Release files are past their date.
		Acquire::Check-Valid-Until "false";
		Acquire::Languages "none";
		Acquire::Retries "3";
		# The _apt user cannot read root's cache.
		APT::Sandbox::User "root";
		APT::Install-Recommends "false";
		# Hooks of the machine act on its own directories.
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Pre-Install-Pkgs;
		#clear DPkg::Post-Invoke;
	CONF
	: >"$dir/status"
	while IFS= read -r uri; do
		tried+=("$uri")
		apt_source "$uri" "$suite" >"$dir/sources"
		if apt-get -qq -c "$dir/apt.conf" -o APT::Update::Error-Mode=any \
				update >"$dir/log" 2>&1; then
			printf '%s\n' "$dir"
			return 0
		fi
	done < <(apt_mirrors "$suite")
	cache_not_full
	((${#tried[@]})) ||
		die 3 "no Debian mirror in apt's sources: configure one (main or security)"
	die 3 "suite $suite is at none of ${tried[*]}: configure a mirror that has it: $(tail -n1 "$dir/log")"
}
