#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/stages/source and ci/build on a kernel of a few lines: what they refuse, what they
# print, what they build again.
. "$(dirname "$0")/tap.sh"
export USERPTR_CACHE=$TMP/cache USERPTR_GRACE=1
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
clone=$TMP/clone tree=$TMP/tree
file=drivers/gpu/userptr.c obj=$TMP/cache/trees/toy/obj-default

# A clone of our own, so that series and bases can be bent.
mkdir -p "$clone"/{series,patches/toy,kconfig-fragments} "$TMP/bin"
cp -r "$ROOT/ci" "$clone/ci"
for f in base mm drm debug guest lean; do
	echo "CONFIG_${f^^}=y" >"$clone/kconfig-fragments/$f.config"
done

# The kernel: "make" notes each compilation in $TMP/made.
mkdir -p "$tree/drivers/gpu" "$tree/scripts/kconfig"
echo 'int userptr;' >"$tree/$file"
echo 'int other;' >"$tree/other.c"
cat >"$tree/Makefile" <<'MAKE'
S := $(CURDIR)
tinyconfig:
	echo CONFIG_TINY=y >$(O)/.config
olddefconfig:
	sed -i '/IMPOSSIBLE/d; /TINY is not/d' $(O)/.config
bzImage: $(O)/other.o
	mkdir -p $(O)/arch/x86/boot $(O)/usr
	cp $(O)/other.o $(O)/arch/x86/boot/bzImage
	cp $(O)/other.o $(O)/vmlinux
	cp $(O)/other.o $(O)/usr/gen_init_cpio
modules: $(O)/i915.ko
$(O)/i915.ko: drivers/gpu/userptr.c
	@echo "  CC [M]  i915.o"
	$(CC) $(KCFLAGS) -c -o $(O)/i915.tmp $<
	@echo i915 >>$(MADE)
	@test -z "$(GIVEOUT)" || { echo "$(GIVEOUT)"; false; }
	test -z "$(HANG)" || { echo half >$@; touch $(MADE).hangs; sleep 999; }
	mv $(O)/i915.tmp $@
$(O)/other.o: other.c
	@echo "  CC      other.o"
	$(CC) -c -o $@ $<
	@echo other$(SAY) >>$(MADE)
modules_install:
	mkdir -p $(INSTALL_MOD_PATH)/lib/modules/1/kernel
	cp $(O)/i915.ko $(INSTALL_MOD_PATH)/lib/modules/1/kernel
MAKE
cat >"$tree/scripts/kconfig/merge_config.sh" <<'MERGE'
#!/bin/sh
shift 3
out=$1
shift
cat "$@" >>"$out"
MERGE
chmod +x "$tree/scripts/kconfig/merge_config.sh"
# Three modules which need each other, in depmod's way of saying so.
cat >"$TMP/bin/depmod" <<'DEPMOD'
#!/bin/sh
printf '%s\n' 'kernel/b.ko: kernel/c.ko' 'kernel/i915.ko: kernel/a.ko kernel/b.ko kernel/c.ko' \
	'kernel/c.ko:' 'kernel/a.ko: kernel/b.ko kernel/c.ko' >"$2/lib/modules/$3/modules.dep"
DEPMOD
chmod +x "$TMP/bin/depmod"
export PATH=$TMP/bin:$PATH MADE=$TMP/made HANG=
g() { git -C "$tree" -c user.name=t -c user.email=t@localhost "$@"; }
g init -q
g add -A
g commit -qm kernel
printf 'toy\t-\t%s\t%s\t-\n' "$file" "$(git hash-object "$tree/$file")" \
	>>"$clone/ci/data/bases.tsv"

# make_patch NAME FILE OLD NEW
make_patch()
{
	cat >"$clone/patches/toy/$1" <<-PATCH
		From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
		From: T <t@localhost>
		Date: Mon, 1 Jan 2024 00:00:00 +0000
		Subject: [PATCH] ${5:-change $2}

		---
		--- a/$2
		+++ b/$2
		@@ -1 +1 @@
		-$3
		+$4
		--
	PATCH
}

# run PROGRAM ARG...: $out (stdout), $err, $rc
run()
{
	local prog=$1

	shift
	[[ $prog != source ]] || prog=stages/source
	rc=0
	out=$("$clone/ci/$prog" "$@" 2>"$TMP/err") || rc=$?
	err=$(<"$TMP/err")
}

# refuses CODE NAME REGEX PROGRAM ARG...: exit CODE, one line that matches
refuses()
{
	local code=$1 name=$2 regex=$3

	shift 3
	run "$@"
	is "$name: exit $code" "$rc" "$code"
	like "$name: says so" "$err" "$regex"
	is "$name: prints no path" "$out" ''
	# Phases may have had their say before; the reason is the last line.
	like "$name: in one line" "$(tail -n1 <<<"$err")" "$regex"
}
src=(source --base toy --tree "$tree")
bld=(build --base toy --tree "$tree" --step)

# --- input
refuses 2 "unknown base" "unknown base 'v1': give one of v5.10 v4.17 v6.1 v6.12 v7.2 toy" source --base v1
refuses 2 "no base" "--base is missing" source
refuses 2 "base without package" "no package has the source of toy: give a tree" source --base toy
refuses 2 "no tree there" "--tree /nonexistent: no such directory" source --base toy --tree /nonexistent
refuses 2 "a folder that is no kernel" "neither a git tree nor" source --base toy --tree "$TMP/bin"
refuses 2 "step of an empty series" "has no patch: give --step base" "${src[@]}" --step 1
refuses 2 "a word as step" "a number, not 'x'" "${src[@]}" --step x
refuses 2 "unknown config" "no kconfig-fragments/nope.config" "${bld[@]}" base --config nope
echo 'int userptr2;' >"$tree/$file"
refuses 2 "uncommitted change" "not committed: commit them" "${src[@]}"
want=$(g rev-parse "HEAD:$file")
g commit -qam other
refuses 2 "wrong blob" "is blob $(g rev-parse "HEAD:$file"), toy has $want" "${src[@]}"
g reset -q --hard HEAD~
rm "$tree/$file"
g commit -qam gone
refuses 2 "file missing" "has no $file: is it a toy kernel" "${src[@]}"
g reset -q --hard HEAD~

# --- source
run "${src[@]}"
is "no patches: the base" "$rc" 0
like "no patches: said" "$err" "no patches for toy"
is "the source is HEAD's tree" "$(cut -f3 <<<"$out")" "$(g rev-parse 'HEAD^{tree}')"
cp -r "$tree" "$TMP/folder"
rm -rf "$TMP/folder/.git"
before=$(find "$TMP/folder" "$tree" -printf '%p %T@ %s\n' | sort | sha256sum)
a=$out
run source --base toy --tree "$TMP/folder"
is "a plain folder gives the same commit" "$out" "$a"
run "${src[@]}"
is "the user's trees are not touched" "$before" \
	"$(find "$TMP/folder" "$tree" -printf '%p %T@ %s\n' | sort | sha256sum)"
echo '# b' >>"$TMP/folder/other.c"
run source --base toy --tree "$TMP/folder"
[[ $rc == 0 && $out != "$a" ]]
is "a change in a plain folder is seen" $? 0

make_patch 1.patch "$file" 'int userptr;' 'int userptr = 1;'
make_patch 2.patch "$file" 'int userptr = 1;' 'int userptr = 2;'
make_patch 3.patch other.c 'int nowhere;' 'int there;'
printf '1.patch\n2.patch\n3.patch\n' >"$clone/series/toy"
refuses 1 "a patch that does not apply" \
	"step 3: patches/toy/3.patch does not apply to other.c" "${src[@]}"
run "${src[@]}" --step 2
is "the steps before it can be had" "$rc" 0
repo=$(cut -f1 <<<"$out") two=$(cut -f3 <<<"$out")
is "step 2 is the sum of two patches" \
	"$(git -C "$repo" show "$two:$file")" 'int userptr = 2;'
is "refs: step 1" "$(git -C "$repo" show "toy/step/1:$file")" 'int userptr = 1;'
refuses 2 "a step beyond the series" "series/toy has 3 patches" "${src[@]}" --step 4
mv "$clone/patches/toy/2.patch" "$TMP/"
refuses 2 "a patch file that is missing" "no such file" "${src[@]}" --step 2
mv "$TMP/2.patch" "$clone/patches/toy/"

# --- build
made() { sort "$MADE" 2>/dev/null | uniq -c | awk '{ printf "%s%s ", $2, $1 }'; rm -f "$MADE"; }
run "${bld[@]}" base
is "build: base" "$rc" 0
base_dir=$out
is "build: one line" "$(wc -l <<<"$out")" 1
for f in bzImage vmlinux kconfig gen_init_cpio tree key modules/i915.ko; do
	check "build: $f is there" test -s "$base_dir/$f"
done
is "build: modules in an order that loads" \
	"$(paste -sd' ' "$base_dir/modules.order.load")" "c.ko b.ko a.ko i915.ko"
is "build: everything is compiled once" "$(made)" "i9151 other1 "
run "${bld[@]}" base
is "build: again: from the cache" "$out $(made)" "$base_dir "
run "${bld[@]}" 1
is "build: a step compiles only what it changes" "$rc $(made)" "0 i9151 "
one=$out
run "${bld[@]}" base
is "build: base is still there" "$out $(made)" "$base_dir "
echo '# why: because' >>"$clone/kconfig-fragments/drm.config"
run "${bld[@]}" base
is "build: another comment in a fragment builds nothing" "$out $(made)" "$base_dir "
make_patch 1.patch "$file" 'int userptr;' 'int userptr = 1;' 'a better subject'
run "${bld[@]}" 1
is "build: another message builds nothing" "$out $(made)" "$one "
make_patch 1.patch "$file" 'int userptr;' 'int userptr = 1'
refuses 1 "a step that does not compile" \
	"toy step 1 \(default\) does not build: .*userptr.c:.* error: .*\(log: .*\)" "${bld[@]}" 1
make_patch 1.patch "$file" 'int userptr;' 'int userptr = 2;'
for words in 'gcc: fatal error: Killed signal terminated program cc1' \
	'/bin/sh: 1: Cannot fork' 'make: fork: Resource temporarily unavailable' \
	'as: write error: No space left on device' 'cc1: out of memory: Cannot allocate memory'; do
	GIVEOUT=$words refuses 3 "no memory, processes or room: $words" "the machine gave out: ${words//:/.} \(log: .*\)" "${bld[@]}" 1
done
refuses 1 "a step that is not there" "2.patch does not apply" "${bld[@]}" 2
make_patch 1.patch "$file" 'int userptr;' 'int userptr = 1;'
rm -f "$MADE"

# --- what may not be trusted
rm -rf "$base_dir" "$one"
mkdir -p "$USERPTR_CACHE/tmp/i915-userptr.half"
cp -r "$TMP/bin" "$USERPTR_CACHE/tmp/i915-userptr.half/modules"
run "${bld[@]}" base
check "a half-made entry is not used" test -s "$out/bzImage"
rm -rf "$out" "$MADE"

# hang: $pid is a build of step 1 which hangs with its module half written
hang()
{
	local i

	rm -f "$MADE" "$MADE.hangs"
	HANG=1 "$clone/ci/${bld[0]}" "${bld[@]:1}" 1 >/dev/null 2>&1 &
	pid=$!
	for ((i = 0; i < 200; i++)); do
		[[ ! -e $MADE.hangs ]] || break
		sleep 0.05
	done
}
hang
kill -TERM "$pid"
wait "$pid"
is "an interrupted build: exit code" "$?" 143
check "an interrupted build leaves no half module" test ! -e "$obj/i915.ko"
rm -f "$MADE"
run "${bld[@]}" 1
is "an interrupted build is continued" "$rc $(made)" "0 i9151 "
rm -rf "$out" "$obj/i915.ko"
hang
kill -KILL "$pid"
wait "$pid" 2>/dev/null
for f in /proc/[0-9]*/cwd; do	# SIGKILL let nobody clean up
	[[ $(readlink "$f") != "$TMP/cache/trees/toy/src" ]] || kill -KILL "${f//[!0-9]/}"
done
echo half >"$obj/i915.ko"
rm -f "$MADE"
run "${bld[@]}" 1
like "a killed build is not continued" "$err" "was killed: starting it afresh"
is "a killed build leaves nothing behind" "$(made)" "i9151 other1 "
check "a killed build: the module is compiled" grep -q userptr "$out/modules/i915.ko"

# --- configuration
echo 'CONFIG_IMPOSSIBLE_THING=y' >>"$clone/kconfig-fragments/drm.config"
refuses 2 "a symbol that cannot be" "cannot have CONFIG_IMPOSSIBLE_THING=y: " "${bld[@]}" base
sed -i '/IMPOSSIBLE/d' "$clone/kconfig-fragments/drm.config"
printf '# CONFIG_TINY is not set\n# CONFIG_NEVER is not set\n' >"$clone/kconfig-fragments/extra.config"
refuses 2 "a symbol that will not go away" "cannot have # CONFIG_TINY is not set: " \
	"${bld[@]}" base --config extra
printf '# CONFIG_DRM is not set\n' >"$clone/kconfig-fragments/toy.config"
run "${bld[@]}" base
is "the base's own fragment has the last word" \
	"$rc $(grep -c '^# CONFIG_DRM is not set' "$out/kconfig")" "0 1"
echo '# make: SAY=-what WHY=so' >"$clone/kconfig-fragments/say.config"
made >/dev/null
run "${bld[@]}" base --config say
is "a fragment has a word for make" "$rc $(made)" "0 i9151 other-what1 "
said_dir=$out
run "${bld[@]}" base --config say
is "its kernel is in the cache" "$out $(made)" "$said_dir "
echo '# make: SAY=-else' >"$clone/kconfig-fragments/say.config"
run "${bld[@]}" base --config say
is "another word is another kernel" "$rc $([[ $out != "$said_dir" ]] && echo other)" "0 other"
done_testing
