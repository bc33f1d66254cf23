#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every shell script of the repository is shellcheck clean.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3

while IFS= read -r f; do
	if head -n3 "$f" | grep -qE '^#!.*\b(ba)?sh|shellcheck shell='; then
		check "$f" shellcheck -x "$f"
	fi
done < <(find . \( -name .git -o -path ./build \) -prune -o -type f -print |
	sed 's|^\./||' | LC_ALL=C sort)
done_testing
