#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# How long i915 takes to capture the state of a GPU with an engine that spins, or with
# all four, and to reset it; for the guest:
#
#	ci/shell -- "$(cat ci/hsw/tests/capture.sh)"
wedge=/sys/kernel/debug/dri/0/i915_wedged
for what in 'legacy --dynamic render' 'legacy --dynamic blt' spin-each; do
	for k in 1 2 3; do
		# shellcheck disable=SC2086  # an option of its own
		gem_spin_batch --run-subtest $what >/tmp/spin 2>&1 &
		n=0
		while ! grep -q '^Starting' /tmp/spin && [ $n -lt 300 ]; do
			usleep 100000
			n=$((n + 1))
		done
		usleep 700000
		read -r from _ </proc/uptime
		echo 0xf >$wedge
		read -r to _ </proc/uptime
		echo "$what, capture $k: $(awk "BEGIN { printf \"%.2f\", $to - $from }") s," \
			"$(grep -c ' --- ' /sys/class/drm/card0/error) objects"
		echo 1 >/sys/class/drm/card0/error
		wait
	done
done
