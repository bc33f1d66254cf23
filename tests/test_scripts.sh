#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# scripts/* on a kernel of a few lines: what they make, refuse and leave behind.
. "$(dirname "$0")/tap.sh"
real=${USERPTR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/i915-userptr}
export USERPTR_CACHE=$TMP/cache USERPTR_GRACE=1
export GIT_CONFIG_GLOBAL=$TMP/gitconfig GIT_CONFIG_NOSYSTEM=1
clone=$TMP/clone tree=$TMP/tree
i915=drivers/gpu/drm/i915
file=$i915/i915_gem_userptr.c
me='T Tester <t@example.org>'
git config --global user.name 'T Tester'
git config --global user.email t@example.org
git config --global init.defaultBranch main

mkdir -p "$clone"/{series,patches,kconfig-fragments} "$TMP/bin" "$tree"
cp -r "$ROOT/ci" "$ROOT/scripts" "$clone/"
read -r -a frags < <(sed -n 's/^FRAGMENTS=(\(.*\))/\1/p' "$ROOT/ci/build")
for f in "${frags[@]}"; do
	echo "CONFIG_${f^^}=y" >"$clone/kconfig-fragments/$f.config"
done
echo CONFIG_MMU_NOTIFIER=y >"$clone/kconfig-fragments/mm.config"
echo CONFIG_LOCKDEP=y >"$clone/kconfig-fragments/debug.config"
echo CONFIG_DRM_I915_USERPTR=y >"$clone/kconfig-fragments/drm.config"

# --- the kernel: what ci/build and scripts/check ask of kbuild
mkdir -p "$tree/$i915/selftests" "$tree/scripts/kconfig" "$tree/include"
cat >"$tree/Makefile" <<'MAKE'
D := drivers/gpu/drm/i915
DEFS = $(shell sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=y$$/-D\1/p' $(O)/.config)
tinyconfig:
	echo CONFIG_TINY=y >$(O)/.config
olddefconfig:
	sed -i /MMU_NOTIFIER/d $(O)/.config
	! grep -qx CONFIG_DRM_I915_USERPTR=y $(O)/.config || \
		echo CONFIG_MMU_NOTIFIER=y >>$(O)/.config
bzImage:
	mkdir -p $(O)/arch/x86/boot $(O)/usr
	$(CC) -c -o $(O)/vmlinux core.c
	cp $(O)/vmlinux $(O)/arch/x86/boot/bzImage
	cp $(O)/vmlinux $(O)/usr/gen_init_cpio
modules: $(D)/
	cp $(O)/$(D)/i915.o $(O)/i915.ko
$(D)/: $(patsubst %.c,%.o,$(wildcard $(D)/*.c))
	ld -r -o $(O)/$(D)/i915.o $(addprefix $(O)/,$^)
$(D)/%.o: $(D)/%.c FORCE
	@mkdir -p $(O)/$(D)
	@echo "  CC [M]  $@"
	@echo "$(notdir $(O)) $*" >>$(MADE)
	test -n "$(C)" -a -e $(O)/$@ || $(CC) -Wall -Werror $(KCFLAGS) $(DEFS) \
		$(if $(W),-Wunused-parameter) $(CFLAGS_MODULE) -c -o $(O)/$@ $<
	$(if $(filter $(HANG),$(notdir $(O))),touch $(MADE).hangs; sleep 99)
	$(if $(C),@echo "  CHECK   $<" && sparse $<)
modules_install:
	mkdir -p $(INSTALL_MOD_PATH)/lib/modules/1/kernel
	cp $(O)/i915.ko $(INSTALL_MOD_PATH)/lib/modules/1/kernel
.PHONY: $(D)/ modules bzImage FORCE
MAKE
cat >"$tree/scripts/kconfig/merge_config.sh" <<'MERGE'
#!/bin/sh
shift 3
out=$1
shift
cat "$@" >>"$out"
MERGE
cat >"$tree/scripts/checkpatch.pl" <<'PERL'
die "no dim\n" if "@ARGV" !~ /--strict --max-line-length=100 --ignore=BIT_MACRO,/;
my ($patch, $n) = ($ARGV[-1], 0);
open(my $f, "<", $patch) or die "$patch\n";
while (<$f>) {
	$n++;
	print "$patch:$n: ERROR:BAD_THING: bad\n" if /^\+.*badthing/;
	print "$patch:$n: CHECK:UGLY: ugly\n" if /^\+.*uglything/;
	print "$patch:$n: WARNING:UNKNOWN_COMMIT_ID: Unknown commit id '$1', maybe\n"
		if /^(?:Since commit|Fixes:) ([0-9a-f]{12})\b/;
	print "$patch:$n: WARNING:FILE_PATH_CHANGES: added file(s)\n" if /^new file/;
}
PERL
cat >"$tree/scripts/get_maintainer.pl" <<'PERL'
my @a = @ARGV;
if (grep { $_ eq "--subsystem" } @a) {
	print "I915\n" if $a[-1] =~ m@drivers/gpu/drm/i915/@ && $a[-1] !~ /orphan/;
	print "THE REST\n";
} else {
	print "M Maintainer <m\@example.org> (supporter:I915)\n";
	print "\"Zoë, of i915\" <zoe\@example.org> (reviewer:I915)\n" if $a[-1] =~ /0002/;
	# A file that nobody claims has the list of the rest first.
	print "kernel\@lists.example.org (open list)\n" if $a[-1] =~ /0001/;
	print "i915\@lists.example.org (open list:I915)\ndri\@lists.example.org (moderated list:DRM)\n";
	print "kernel\@lists.example.org (open list)\n" if $a[-1] !~ /0001/;
}
PERL
cat >"$tree/core.c" <<'C'
int known(void);
int known(void) { return 1; }
int __ksymtab_known;
C
echo 'int known(void);' >"$tree/include/core.h"
cat >"$tree/$file" <<'C'
#include "../../../../include/core.h"
int userptr(int unused);
int userptr(int unused)
{
	/* dubious: the base's own */
	return known();
}
#ifdef CONFIG_DRM_I915_SELFTEST
#include "selftests/userptr.c"
#endif
C
echo 'int selftest;' >"$tree/$i915/selftests/userptr.c"
echo 'int other;' >"$tree/$i915/other.c"
chmod +x "$tree"/scripts/*.pl "$tree"/scripts/kconfig/*

# Sparse is not what is tested here; neither is depmod.
cat >"$TMP/bin/sparse" <<'SPARSE'
#!/bin/sh
[ "$1" != --version ] || { echo 1; exit; }
grep -n dubious "$1" | sed "s|^\([0-9]*\):.*|$PWD/$1:\1:1: warning: dubious|"
for f in $(sed -n 's/^#include "\(selftests.*\)"/\1/p' "$1"); do
	grep -n dubious "${1%/*}/$f" | sed "s|^\([0-9]*\):.*|$PWD/${1%/*}/$f:\1:1: warning: dubious|"
done
SPARSE
cat >"$TMP/bin/depmod" <<'DEPMOD'
#!/bin/sh
echo kernel/i915.ko: >"$2/lib/modules/$3/modules.dep"
DEPMOD
chmod +x "$TMP"/bin/*
export PATH=$TMP/bin:$PATH MADE=$TMP/made HANG=

g() { git -C "$tree" "$@"; }
g init -q
g add -A
g commit -qm kernel
printf 'toy\t-\t%s\t%s\t-\n' "$file" "$(g rev-parse "HEAD:$file")" >>"$clone/ci/data/bases.tsv"
base=$(g rev-parse HEAD)

# commit SUBJECT [BODY...]: all that changed, signed off.
commit()
{
	local args=(-m "$1") line

	shift
	for line; do args+=(-m "$line"); done
	g add -A
	g commit -q -s "${args[@]}"
}

# run SCRIPT ARG...: $out, $err, $rc
run()
{
	local prog=$1

	shift
	rc=0
	out=$("$clone/scripts/$prog" "$@" 2>"$TMP/err") || rc=$?
	err=$(<"$TMP/err")
}

# exits NAME CODE: the last run did
exits()
{
	if [[ $rc == "$2" ]]; then
		ok "$1: exit $2"
	else
		not_ok "$1: exit $2" "exit $rc" "$(tail -n 20 <<<"$out")" "$(tail -n 20 <<<"$err")"
	fi
}

# refuses CODE NAME REGEX SCRIPT ARG...: exit CODE, and the last line says why
refuses()
{
	local code=$1 name=$2 regex=$3

	shift 3
	run "$@"
	exits "$name" "$code"
	like "$name: says so" "$(tail -n1 <<<"$err")" "$regex"
}
sums() { (cd "$clone" && find patches series -type f -exec sha256sum {} + | sort -k2); }
made() { sort "$MADE" 2>/dev/null | uniq -c | wc -l; rm -f "$MADE"; }

for s in apply refresh check mbox new-lane; do
	run "$s" --help
	exits "$s --help" 0
	like "$s --help: names the exit codes" "$out" 'Exit'
	refuses 2 "$s: unknown option" 'unknown option --bogus' "$s" --bogus
	refuses 2 "$s: no list" 'needed' "$s"
done
for s in apply refresh check mbox; do
	args=("$tree")
	[[ $s != mbox ]] || args=(--tree "$tree")
	refuses 2 "$s: unknown list" "unknown base 'v1'" "$s" v1-merge "${args[@]}"
	refuses 2 "$s: a path as list" "is not the name of a series" "$s" ../toy "${args[@]}"
done
refuses 2 "no series" "no series/toy: scripts/refresh makes it" apply toy "$tree"

# --- refresh
g checkout -q -b work
sed -i 's/return known();/return known() + 1;/' "$tree/$file"
commit "drm/i915/userptr: First" "Says ümlaut, and quotes a trace:

  [    1.0] a line that is far too long for a message but is quoted from somewhere else, so it stays as it is"
printf 'int made;\n' >"$tree/$i915/made.c"
echo 'int selftest = 2;' >"$tree/$i915/selftests/userptr.c"
commit "drm/i915/userptr: Second, with a subject which is so long that it is folded" "New file."
sed -i 's/+ 1;/+ 2;/' "$tree/$file"
GIT_AUTHOR_DATE='1600000000 +0530' commit "drm/i915/userptr: Third" "v2: better"
tip=$(g rev-parse 'HEAD^{tree}')
refuses 2 "refresh: no branch" "no branch userptr-toy" refresh toy "$tree"
refuses 2 "refresh: not a tree" "no such directory" refresh toy "$TMP/nothing"
refuses 2 "refresh: below the top" "is not the top of a git tree" refresh toy "$tree/$i915"
run refresh toy "$tree" --branch work
exits "refresh" 0
is "refresh: three patches" "$(grep -vc '^#' "$clone/series/toy")" 3
first=$clone/patches/toy/0001-drm-i915-userptr-First.patch
like "refresh: names of commits are left out" "$(head -n1 "$first")" '^From 0{40} '
like "refresh: says which file it is for" "$(tail -n1 "$first")" \
	"^base-blob: $(g rev-parse "$base:$file") $file$"
is "refresh: no signature" "$(cat "$clone"/patches/toy/* | grep -c '^-- $')" 0
check "refresh: SPDX in the list" grep -q SPDX "$clone/series/toy"
want=$(sums)
sed -i '2i # read me' "$clone/series/toy"
run refresh toy "$tree" --branch work
check "refresh: comments stay" grep -qx '# read me' "$clone/series/toy"
sed -i '/read me/d' "$clone/series/toy"
is "refresh: the same again" "$(sums)" "$want"
is "refresh: leaves nothing behind" \
	"$(find "$clone/patches" "$USERPTR_CACHE/tmp" -name 'i915-userptr.*')" ''

# --- apply
g checkout -q main
run apply toy "$tree"
exits "apply" 0
is "apply: on its branch" "$(g symbolic-ref --short HEAD)" userptr-toy
is "apply: the same tree" "$(g rev-parse 'HEAD^{tree}')" "$tip"
run refresh toy "$tree"
exits "refresh after apply" 0
like "refresh after apply: nothing changed" "$err" 'nothing changed'
is "refresh after apply: not a byte" "$(sums)" "$want"

# Another tree with the same files, and a git that is set up in its own way.
git clone -q "$tree" "$TMP/other" 2>/dev/null
o() { git -C "$TMP/other" "$@"; }
o checkout -q --orphan import "$base"
echo more >"$TMP/other/README"
printf '*.c text eol=crlf\n' >"$TMP/other/.git/info/attributes"
o add README
o commit -qm 'another import'
for kv in diff.noprefix=true diff.context=9 diff.algorithm=patience core.abbrev=7 \
	format.signature=me format.numbered=true format.useAutoBase=true \
	format.thread=true diff.mnemonicPrefix=true format.notes=true \
	format.subjectPrefix=RFC diff.renames=false format.attach=x; do
	git config --global "${kv%%=*}" "${kv#*=}"
	o config "${kv%%=*}" "${kv#*=}"
done
rm -f "$TMP/other/.git/info/attributes"
run apply toy "$TMP/other" --branch mine
exits "apply: another import, another git configuration" 0
run refresh toy "$TMP/other" --branch mine
is "refresh: the same bytes there" "$(sums)" "$want"
o config --unset branch.mine.userptrBase
run refresh toy "$TMP/other" --branch mine
is "refresh: finds the base by itself" "$(sums)" "$want"
refuses 2 "refresh: a base that is none" 'blob [0-9a-f]{40}, toy has [0-9a-f]{40}' \
	refresh toy "$TMP/other" --branch mine --base mine~1
cat >"$GIT_CONFIG_GLOBAL" <<-'CONFIG'
	[user]
		name = T Tester
		email = t@example.org
CONFIG

g checkout -q main
clean()
{
	g symbolic-ref --short HEAD
	g status --porcelain
	g branch --list 'x*'
	find "$tree/.git" -maxdepth 1 -name '*rebase*' -o -maxdepth 1 -name '*.lock'
}
as_it_was=$(clean)
refuses 2 "apply: existing branch" "already has a branch work: remove it" apply toy "$tree" --branch work
refuses 2 "apply: bad branch name" "not the name of a branch" apply toy "$tree" --branch 'a b'
echo x >>"$tree/core.c"
refuses 2 "apply: dirty tree" "not committed \(core.c\): commit them, or git stash" apply toy "$tree" --branch x
g checkout -q core.c
echo mine >"$tree/$i915/made.c"
refuses 2 "apply: a file in the way" "$i915/made.c is in the way" apply toy "$tree" --branch x
is "apply: which stays" "$(<"$tree/$i915/made.c")" mine
rm "$tree/$i915/made.c"
mkdir "$tree/.git/rebase-apply"
refuses 2 "apply: in the middle of something" "in the middle of something" apply toy "$tree" --branch x
rmdir "$tree/.git/rebase-apply"
g checkout -q --detach main
echo '// final' >>"$tree/$file"
g commit -qam final
refuses 2 "apply: wrong blob, both named" \
	"is blob $(g rev-parse "HEAD:$file"), toy has $(g rev-parse "$base:$file")" apply toy "$tree" --branch x
sed -i "2i # also-blob: $(g rev-parse "HEAD:$file") final" "$clone/series/toy"
run apply toy "$tree" --branch xfinal
exits "apply: a blob that the list allows" 0
g checkout -q main
g branch -q -D xfinal
sed -i 2d "$clone/series/toy"
sed -i "2i # needs: $file brought_later abcdef123456 (\"a fix\")" "$clone/series/toy"
refuses 2 "apply: what the series needs elsewhere" \
	"$file has no brought_later, which series/toy needs: first apply abcdef123456 \(\"a fix\"\)" apply toy "$tree" --branch x
sed -i "2s/brought_later/known/" "$clone/series/toy"
run apply toy "$tree" --branch xneeds
exits "apply: the tree has it" 0
g checkout -q main
g branch -q -D xneeds
sed -i 2d "$clone/series/toy"

cp -r "$clone/patches/toy" "$TMP/keep"
sed -i 's/return known() + 1;/return known() + 7;/' "$clone"/patches/toy/0003*
refuses 1 "apply: a patch that does not apply" \
	"patches/toy/0003-.*\.patch does not apply to $file " apply toy "$tree" --branch x
is "apply: all is as it was" "$(clean)" "$as_it_was"
check "apply: a file that a patch made is gone" test ! -e "$tree/$i915/made.c"
rm "$clone"/patches/toy/0003*
refuses 2 "apply: a patch that is missing" "has no such file" apply toy "$tree" --branch x
rm -rf "$clone/patches/toy"
mv "$TMP/keep" "$clone/patches/toy"
# Ended in the middle (by TERM: a job in the background may ignore INT).
cat >"$TMP/bin/git" <<-GIT
	#!/bin/bash
	if [[ \$* == *' am -q --no-3way '*0002-* ]]; then
		kill -TERM \$PPID
	fi
	exec $(type -P git) "\$@"
GIT
chmod +x "$TMP/bin/git"
hash -r
run apply toy "$tree" --branch x
exits "apply: interrupted" 143
rm "$TMP/bin/git"
hash -r
is "apply: interrupted: all is as it was" "$(clean)" "$as_it_was"
check "apply: interrupted: no file stays" test ! -e "$tree/$i915/made.c"
git config --global --unset user.name
git config --global user.useConfigOnly true
refuses 2 "apply: nobody" "git has no name for you" apply toy "$tree" --branch x
git config --global user.name 'T Tester'

# --- the same with others' tools
if command -v quilt >/dev/null; then
	(cd "$tree" && QUILT_PATCHES=$clone/patches/toy QUILT_SERIES=$clone/series/toy \
		quilt push -a) >"$TMP/quilt" 2>&1
	rm -rf "$tree/.pc"
	g add -A
	is "quilt push -a makes the same tree" "$(g write-tree)" "$tip"
	g reset -q --hard
else
	skip "quilt push -a" "no quilt here"
fi
g checkout -q -b imported
g quiltimport --patches "$clone/patches/toy" --series "$clone/series/toy" >/dev/null 2>&1
is "git quiltimport makes the same tree" "$(g rev-parse 'HEAD^{tree}')" "$tip"
g checkout -q main

# --- what refresh must not write
# bad_branch NAME REGEX: after a commit on branch bad
bad_branch()
{
	refuses "$1" "refresh: $2" "$3" refresh toy "$tree" --branch bad
	is "refresh: $2: nothing is written" "$(sums)" "$want"
	g checkout -q main
	g branch -q -D bad
}
g checkout -q -b bad
echo >>"$tree/$file"
commit "drm/i915: x" "above
---
below"
bad_branch 1 "a message that am would cut" "changes its message"
g checkout -q -b bad
g commit -q --allow-empty -m 'drm/i915: nothing'
bad_branch 1 "an empty commit" "does not apply as a patch"
g checkout -q -b bad
echo >>"$tree/core.c"
commit one
g merge -q -m two work
bad_branch 2 "a merge" "holds a merge"
g checkout -q -b bad
bad_branch 2 "no commits" "has no commits on"

# --- check
chk() { run check toy "$tree" "$@"; }
chk
exits "check: a clean series" 0
is "check: the sum" "$(tail -n1 <<<"$out")" "0 errors, 0 warnings, 0 checks"
like "check: a row for each step" "$out" $'\n3 +0/0/0 +ok +- +ok +0 +0 +ok +ok '
like "check: a new file is looked up in MAINTAINERS" "$err" "MAINTAINERS has them"
[[ $(made) -gt 0 ]]
is "check: it was built" $? 0
chk
is "check: again: nothing is built" "$rc $(made)" "0 0"
is "check: TREE is not touched" "$(clean)" "$as_it_was"
g checkout -q work
g commit -q --amend -s -m "drm/i915/userptr: Third, better"
run refresh toy "$tree" --branch work
chk --step 3
is "check: another message builds nothing" "$rc $(made)" "0 0"
like "check: the series may be on HEAD" "$out" 'Third, better'
run refresh toy-merge "$tree" --branch work
chk
like "check: both forms end in one tree" "$out" "end in the same tree, $tip"
refuses 2 "check: step beyond the series" "has 3 patches" check toy "$tree" --step 4
sed -i '$d' "$clone/series/toy-merge"
chk --static
like "check: both forms do not end in one tree" "$rc $out" '^1 .*do not end in the same tree.*1 errors,'
rm -rf "$clone/patches/toy-merge" "$clone/series/toy-merge"

rm -rf "$USERPTR_CACHE/check"
HANG=as-ci "$clone/scripts/check" toy "$tree" >/dev/null 2>&1 &
pid=$!
for ((i = 0; i < 600; i++)); do
	[[ ! -e $MADE.hangs ]] || break
	sleep 0.1
done
kill -TERM "$pid"
rc=0
wait "$pid" || rc=$?
is "check: told to end: exit 143" "$rc" 143
is "check: told to end: no process stays" "$(for f in /proc/[0-9]*/cwd; do
	readlink "$f"; done 2>/dev/null | grep -c "^$USERPTR_CACHE")" 0
is "check: told to end: nothing is left behind" "$(ls "$USERPTR_CACHE/tmp")" ''
chk --step 1
like "check: what it left half done is not used" "$rc $err" '^0 .*was interrupted: starting it afresh'

# faulty NAME SUM REGEX [OPTION...]: the commit on top of work is found out
faulty()
{
	local name=$1 sum=$2 regex=$3

	shift 3
	g branch -q -M faulty
	run refresh toy "$tree" --branch faulty
	run check toy "$tree" --step 4 "$@"
	exits "check: $name" 1
	is "check: $name: sum" "$(tail -n1 <<<"$out")" "$sum"
	like "check: $name: says so" "$out" "$regex"
	g checkout -q work
	g branch -q -D faulty
}
g branch -q -f good work
again() { g checkout -q -B tmp good; }
e='1 errors, 0 warnings, 0 checks' w='0 errors, 1 warnings, 0 checks' c='0 errors, 0 warnings, 1 checks'
again; echo '/* dubious */' >>"$tree/$file"
commit 'drm/i915: x' y
faulty "sparse" "$w" 'sparse: .*userptr.c: warning: dubious'
again; echo '/* dubious */' >>"$tree/$i915/selftests/userptr.c"
commit 'drm/i915: x' y
faulty "sparse in a selftest" "$w" 'sparse: .*selftests/userptr.c: warning: dubious'
again; printf 'int f(int a);\nint f(int a)\n{\n\treturn 0;\n}\n' >>"$tree/$file"
commit 'drm/i915: x' y
faulty "W=1" "$w" "W=1: .*userptr.c: warning: unused parameter 'a'|W=1: .*unused parameter"
again; echo 'int broken' >>"$tree/$i915/other.c"
commit 'drm/i915: x' y
faulty "a build that fails" "$e" 'build: .*other.c.* error: '
again; printf 'int hidden(void);\nint g(void);\nint g(void)\n{\n\treturn hidden();\n}\n' >>"$tree/$file"
commit 'drm/i915: x' y
faulty "a symbol that is not exported" "$e" 'not exported: hidden'
again; printf '#ifndef CONFIG_MMU_NOTIFIER\nint broken\n#endif\n' >>"$tree/$file"
commit 'drm/i915: x' y
faulty "without MMU_NOTIFIER" "$e" 'no-mmu: .*userptr.c: error'
again; printf '#ifndef CONFIG_LOCKDEP\nint broken\n#endif\n' >>"$tree/$file"
commit 'drm/i915: x' y
faulty "without lockdep" "$e" 'no-lockdep: .*userptr.c: error'
again; echo 'int badthing;' >>"$tree/$file"
commit 'drm/i915: x' y
faulty "checkpatch" "$e" 'checkpatch: .*ERROR:BAD_THING' --static
again; echo 'int uglything;' >>"$tree/$file"
commit 'drm/i915: x' y
faulty "checkpatch's checks" "$c" 'checkpatch: .*CHECK:UGLY' --static
again; mkdir "$tree/$i915/orphan"; echo >"$tree/$i915/orphan/x"
commit 'drm/i915: x' y
faulty "a file that nobody maintains" "$w" FILE_PATH_CHANGES --static
again; echo >>"$tree/core.c"; echo '//' >>"$tree/core.c"
commit 'drm/i915: x' y
faulty "a file that is not i915's" "$e" "touches core.c, which is not i915's" --static
again; echo 'int a; ' >>"$tree/$file"
commit 'drm/i915: x' y
faulty "blanks at the end" "$e" 'git diff --check: .*trailing whitespace' --static
again; echo 'int a;' >>"$tree/$file"; g add -A; g commit -q -m 'drm/i915: x'
faulty "no Signed-off-by" "$e" "no 'Signed-off-by: $me', who is the author" --static
again; echo 'int a;' >>"$tree/$file"; g add -A; g commit -q -s -m 'drm/i915: x' --author 'O <o@example.org>'
faulty "another author" "$e" "no 'Signed-off-by: O <o@example.org>'" --static
again; echo 'int a;' >>"$tree/$file"
commit 'drm/i915: x.' y
faulty "the subject" "$w" 'full stop' --static

# Fixes:, without and with history
again; echo 'int a;' >>"$tree/$file"
short=$(g rev-parse --short=12 "$base")
commit 'drm/i915: x' "Fixes: 123456789abc (\"nobody knows\")"
g branch -q -M fixes
run refresh toy "$tree" --branch fixes
run check toy "$tree" --step 4 --static
like "fixes: no history: not verified" "$rc $out" '^0 .*not verified'
like "fixes: no history: says why" "$err" 'not verified: TREE has no history'
export KERNEL_ROOT_COMMIT=$base
run check toy "$tree" --step 4 --static
like "fixes: history has no such commit" "$rc $out" "^1 .*123456789abc is no commit"
# fix TEXT: the message's line becomes TEXT
fix()
{
	g checkout -q fixes
	g commit -q --amend -s -m 'drm/i915: x' -m "$1"
	run refresh toy "$tree" --branch fixes
	run check toy "$tree" --step 4 --static
}
fix "Fixes: $short (\"kernel\")"
like "fixes: right" "$rc $out" '^0 .*4 +0/0/0 +ok +ok '
fix "Fixes: $short (\"Kernel\")"
like "fixes: another subject" "$rc $out" "^1 .*is 'kernel', not 'Kernel'"
fix "Fixes: ${short:0:11} (\"kernel\")"
like "fixes: 11 digits" "$rc $out" "^1 .*is not 'Fixes: 12 digits or more"
fix "Fixes: $(g rev-parse --short=12 imported) (\"$(g log -1 --format=%s imported)\")"
like "fixes: no ancestor" "$rc $out" "^1 .*is not an ancestor of the base"
fix "Since commit $short (\"kernel\")"
like "a commit that the message names: known" "$rc $out" '^0 '
fix "Since commit 123456789abc (\"nobody\")"
like "a commit that the message names: unknown" "$rc $out" '^1 .*UNKNOWN_COMMIT_ID.*123456789abc'
unset KERNEL_ROOT_COMMIT
run check toy "$tree" --step 4 --static
like "a commit that the message names: no history" "$rc $out$err" \
	'^0 .*123456789abc in the message: not verified: TREE has no history'
g checkout -q good
run refresh toy "$tree" --branch good

# --- mbox
refuses 2 "mbox: no cover letter" "there is no COVER_LETTER.md: write it" mbox toy --tree "$tree"
printf '# drm/i915/userptr: a cover letter\n\nWhat – is broken.\n\n| a | b |\n' >"$clone/COVER_LETTER.md"
run mbox toy --tree "$tree" --out "$TMP/v1"
exits "mbox" 0
is "mbox: four mails" "$(grep -c '^Message-Id:' "$TMP/v1")" 4
like "mbox: numbered" "$(grep '^Subject:' "$TMP/v1")" 'PATCH 0/3.*PATCH 1/3.*PATCH 3/3'
cover=$(sed -n 's/^Message-Id: <\(cover\..*\)>/\1/p' "$TMP/v1")
is "mbox: threaded below the cover letter" "$(grep -c "^In-Reply-To: <$cover>" "$TMP/v1")" 3
is "mbox: to the list" "$(grep -c '^To: i915@lists.example.org$' "$TMP/v1")" 4
is "mbox: copies to the others" "$(grep -A3 '^Cc: ' "$TMP/v1" | grep -cE 'm@example.org|dri@|kernel@')" 12
is "mbox: a reviewer of one patch gets that one, and the cover letter" \
	"$(awk '/^Subject: / { s = $3 } /zoe@example.org/ && /^[ C]/ { print s }' "$TMP/v1")" $'0/3]\n2/3]'
is "mbox: no header is 8bit" "$(python3 -c 'import mailbox, sys
for m in mailbox.mbox(sys.argv[1]):
    for k, v in m.items():
        str(v).encode("ascii")' "$TMP/v1" 2>&1)" ''
like "mbox: names as RFC 2047 has them" "$(python3 -c 'import email.policy, mailbox, sys
for m in mailbox.mbox(sys.argv[1], lambda f: __import__("email").message_from_binary_file(f, policy=email.policy.default)):
    print(*[a.display_name for a in m["Cc"].addresses], sep="|")' "$TMP/v1")" 'Zoë, of i915'
check "mbox: an import is no base-commit" test -z "$(grep '^base-commit:' "$TMP/v1")"
run mbox toy --tree "$tree" --prefix "PATCH 5.10" --reroll 2 --prev "$clone/patches/toy"
like "mbox: --prefix" "$(grep '^Subject:' <<<"$out")" '\[PATCH 5.10 v2 0/3\].*\[PATCH 5.10 v2 3/3\]'
refuses 2 "mbox: a prefix that is none" "is what stands before the number" mbox toy --tree "$tree" --prefix $'x\ny'
# stable@ of a message, and a tree with history.
cp -r "$clone/patches/toy" "$TMP/toy.stable"
sed -i '0,/^Signed-off-by/ s//Cc: stable@vger.kernel.org # v5.10\n&/' "$clone"/patches/toy/0002-*
run mbox toy --tree "$tree"
is "mbox: stable@ where a patch asks for it" \
	"$(awk '/^Subject: / { s = $3 } /^    stable@vger.kernel.org/ { print s }' <<<"$out")" $'0/3]\n2/3]'
rm -rf "$clone/patches/toy"
mv "$TMP/toy.stable" "$clone/patches/toy"
git clone -q "$tree" "$TMP/history"
(
	cd "$TMP/history" && git checkout -q --orphan work "$base" && echo 'int before;' >"$file" &&
		git commit -qam before && git checkout -q "$base" -- "$file" && git commit -qam "a release"
)
run mbox toy --tree "$TMP/history"
like "mbox: a tree with history is named" "$out" \
	"base-commit: $(git -C "$TMP/history" rev-parse work)"$'\n'"base-blob: "
check "mbox: says what it is for" grep -q "^base-blob: $(g rev-parse "$base:$file") $file$" "$TMP/v1"
sleep 1.1	# for the clock
"$clone/scripts/mbox" toy --tree "$tree" >"$TMP/again" 2>/dev/null
check "mbox: the same bytes again" cmp "$TMP/v1" "$TMP/again"
refuses 2 "mbox: where is the previous version" "give --prev DIR or FILE, or tag" mbox toy --tree "$tree" --reroll 2
mkdir "$TMP/prev"
cp "$clone"/patches/toy/000[12]* "$TMP/prev"
run mbox toy --tree "$tree" --reroll 2 --prev "$TMP/prev" --out "$TMP/v2"
like "mbox: range-diff" "$(<"$TMP/v2")" 'Range-diff against v1:.*1:  [0-9a-f]+ = 1:.*-:  -+ > 3:'
cp "$TMP/v2" "$TMP/v2.folder"
# Of a mailbox, the cover letter of v1 is no patch.
run mbox toy --tree "$tree" --reroll 2 --prev "$TMP/v1" --out "$TMP/v2"
like "mbox: range-diff against a mailbox" "$(<"$TMP/v2")" 'Range-diff against v1:.*3:  [0-9a-f]+ = 3:'
cp "$TMP/v2.folder" "$TMP/v2"
refuses 2 "mbox: a previous version that is not there" "no such folder or mailbox" \
	mbox toy --tree "$tree" --reroll 2 --prev "$TMP/nowhere"
is "mbox: mails of v2 have names of their own" \
	"$(grep -h '^Message-Id' "$TMP/v1" "$TMP/v2" | sort | uniq -d)" ''
(cd "$clone" && git init -q && git add -A && git commit -qm v1 && git tag toy-v1)
run mbox toy --tree "$tree" --reroll 2
like "mbox: the previous version from a tag" "$out" 'Range-diff against v1:.*3:  [0-9a-f]+ = 3:'
rm -rf "$clone/.git"
printf '# x – y\n\nhello\n' >"$TMP/bad.md"
refuses 2 "mbox: a subject that b4 cannot take" "not plain ASCII" mbox toy --tree "$tree" --cover "$TMP/bad.md"
# A line that would begin a mail: mboxrd has it come back as it was, in the cover
# letter and in a message, with a ">" or two of its own as well.
g checkout -q -b from "$base"
echo 'int from;' >>"$tree/$i915/other.c"
commit "drm/i915: From here on" "From here on
>From there on
>>From nowhere on"
cp -r "$clone/patches/toy" "$TMP/toy" && cp "$clone/series/toy" "$TMP/toy.series"
git -C "$tree" format-patch -q --zero-commit -o "$clone/patches/toy" --start-number 4 -1 from
(cd "$clone/patches/toy" && echo 0004-*) >"$clone/series/toy"
printf '# x\n\nhello\n\nFrom here on\n>From there on\n' >"$TMP/from.md"
run mbox toy --tree "$tree" --cover "$TMP/from.md" --out "$TMP/from"
exits "mbox: a line that begins a mail" 0
is "mbox: a line that begins a mail: two mails for git" "$(mkdir "$TMP/rd" && git mailsplit --mboxrd -o"$TMP/rd" "$TMP/from")" 2
is "mbox: a line that begins a mail: two mails for Python" \
	"$(python3 -c 'import mailbox, sys; print(len(mailbox.mbox(sys.argv[1])))' "$TMP/from")" 2
is "mbox: a line that begins a mail: in the cover letter" "$(grep 'here on\|there on' "$TMP/rd/0001")" \
	$'From here on\n>From there on\n  drm/i915: From here on'
g checkout -q --detach "$base"
g am -q --empty=drop --patch-format=mboxrd "$TMP/from"
is "mbox: a line that begins a mail: the message as it was" \
	"$(g log -1 --format=%b)" "$(g log -1 --format=%b from)"
printf '# x\n\nhello\n\nFrom me Mon Sep 17 00:00:00 2001\n' >"$TMP/from.md"
refuses 2 "mbox: a folder that git would divide" "begins a new mail for git" \
	mbox toy --tree "$tree" --cover "$TMP/from.md" --out "$TMP/from.d/"
rm -rf "$clone/patches/toy"
cp -r "$TMP/toy" "$clone/patches/toy" && cp "$TMP/toy.series" "$clone/series/toy"
run mbox toy --tree "$tree" --out "$TMP/v1.d/"
exits "mbox: a folder" 0
is "mbox: a folder: a mail a file" "$(cd "$TMP/v1.d" && printf '%.4s ' *)" "0000 0001 0002 0003 "
refuses 2 "mbox: a folder that has mails" "v1.d/ holds patches already" mbox toy --tree "$tree" --out "$TMP/v1.d/"

# --- cover: a table from results, in the letter
letter=$TMP/letter.md tsv=$TMP/results.tsv
printf '# x: y\n\nbefore\n\n<!-- results toy-bat -->\nold\n<!-- end -->\n\nafter\n' >"$letter"
{
	printf 'base\tstep\ttest\tresult\tseconds\tdetail\n'
	printf 'toy\tbase\t%s\t%s\t0.1\t\n' boot pass a pass b fail c pass
	printf 'toy\t1\t%s\t%s\t0.1\t\n' boot pass a dmesg-warn b pass c pass
	printf 'toy\t2\t%s\t%s\t0.1\t\n' boot pass a pass b fail c notrun
} >"$tsv"
run cover toy-bat "$tsv" --cover "$letter" --check
exits "cover --check: the letter says something else" 1
check "cover --check: writes nothing" grep -qx old "$letter"
run cover toy-bat "$tsv" --cover "$letter"
exits "cover" 0
is "cover: the table, and the rest as it was" "$(<"$letter")" '# x: y

before

<!-- results toy-bat -->

    step  pass  fail  dmesg-warn  notrun  differ
    base     3     1           0       0
    1        3     0           1       0       2
    2        2     1           0       1       1

<!-- end -->

after'
run cover toy-bat "$tsv" --cover "$letter" --check
exits "cover --check: now it does" 0
refuses 2 "cover: no such place" "no line '<!-- results toy-full -->'" cover toy-full "$tsv" --cover "$letter"
refuses 2 "cover: no results of ours" "is not a results.tsv" cover toy-bat "$letter" --cover "$letter"

# One whose own results are ci/properties's, and one of words
printf '# x: y\n\n<!-- properties toy -->\n<!-- end -->\n\n<!-- text said -->\nold\n<!-- end -->\n' >"$TMP/p.md"
{
	printf 'base\tstep\ttest\tresult\tseconds\tdetail\n'
	printf 'toy\t3\t%s\t%s\t0.1\t%s\n' waits@exit-fence pass "pass 2 of 2: x" \
		waits@exit-hang pass "pass 2 of 2: x" lost@overlap pass "pass 1, skip 1 of 2: x"
	printf 'toy\tbase\t%s\t%s\t0.1\t%s\n' waits@exit-fence incomplete "hang 2 of 2: x" \
		waits@exit-hang dmesg-warn "warns 1, pass 1 of 2: x" lost@overlap fail "lost 2 of 2: x"
} >"$TMP/p.tsv"
run cover toy "$TMP/p.tsv" --cover "$TMP/p.md"
exits "cover: properties" 0
is "cover: properties: base first, the words of each" "$(sed -n '/properties toy/,/end/p' "$TMP/p.md")" '<!-- properties toy -->

    property                        base            last step
    exit does not wait for the GPU  hangs 2+1 of 4  holds 4 of 4
    no lost write: mprotect         lost 2 of 2     holds 1 of 1

<!-- end -->'
run cover toy "$TMP/p.tsv" --cover "$TMP/p.md" --check
exits "cover: properties: --check" 0
sed -i 's/lost 2 of 2/lost 1, pass 1 of 2/' "$TMP/p.tsv"
run cover toy "$TMP/p.tsv" --cover "$TMP/p.md" --check
exits "cover: properties: --check: another result" 1
sed -i 's/lost 1, pass 1 of 2/lost 1, pass 2 of 2/' "$TMP/p.tsv"
refuses 2 "cover: properties: words that are not the sum" "does not say how often" cover toy "$TMP/p.tsv" --cover "$TMP/p.md"
refuses 2 "cover: properties: results of ci/run" "does not say how often" cover toy "$tsv" --cover "$TMP/p.md"
printf 'a  b\n\nc\n' >"$TMP/words"
run cover said "$TMP/words" --cover "$TMP/p.md"
is "cover: text: as it is" "$(sed -n '/text said/,$p' "$TMP/p.md")" '<!-- text said -->

    a  b

    c

<!-- end -->'
: >"$TMP/words"
refuses 2 "cover: text: nothing" "words is empty" cover said "$TMP/words" --cover "$TMP/p.md"
sed -i '/text said/{n;n;n;n;n;n;d}' "$TMP/p.md"
echo x >"$TMP/words"
refuses 2 "cover: a mark without an end" "has no '<!-- end -->'" cover said "$TMP/words" --cover "$TMP/p.md"
# Without --cover: FROM becomes a file of ci/examples, and each text that has the mark
# gets its table.
rm -rf "$clone/ci/examples"
mkdir -p "$clone/docs"
for f in docs/results.md README.md; do
	printf 'x\n\n<!-- results toy-bat -->\n<!-- end -->\n' >"$clone/$f"
done
for f in "$clone"/ci/*/README.md "$clone"/ci/guest/*/README.md; do
	sed -i '/^<!-- [a-z]* [^ ]* -->$/,/^<!-- end -->$/d' "$f"
done
run cover toy-bat "$tsv"
exits "cover: without --cover" 0
is "cover: without --cover: in both files that have the mark" \
	"$(grep -lF 'step  pass  fail' "$clone"/{COVER_LETTER,README,docs/results}.md | wc -l)" 2
check "cover: without --cover: the data is kept" cmp "$tsv" "$clone/ci/examples/results-toy-bat.tsv"
run cover toy-bat "$tsv" --check
exits "cover: without --cover: --check" 0
refuses 2 "cover: no text has the mark" "no text has a line '<!-- results other -->'" cover other "$tsv"
run cover --check
exits "cover: --check of all" 0
sed -i 's/^    base     3/    base     4/' "$clone/README.md"
refuses 1 "cover: --check of all: a figure changed by hand" "README.md does not say what .*results-toy-bat.tsv does" cover --check
run cover
run cover --check
exits "cover: all of them again: --check" 0
printf '<!-- text said -->\n\n    typed by hand\n\n<!-- end -->\n' >>"$clone/README.md"
refuses 1 "cover: --check of all: a table without data" "'<!-- text said -->' has a table, and ci/examples has no text-said.txt" cover --check
run cover
is "cover: a table without data is taken out" "$rc $(grep -c 'typed by hand' "$clone/README.md")" "0 0"
run cover --check
exits "cover: an empty mark waits" 0
echo x >"$clone/ci/examples/text-other.txt"
refuses 1 "cover: --check of all: data without a mark" "no text has a mark for ci/examples/text-other.txt" cover --check
rm "$clone/ci/examples/text-other.txt"
# What goes wrong, by the groups of ci/data/properties.tsv; stale pages are another file.
cp "$TMP/p.tsv" "$TMP/s.tsv"
sed -i 's/lost 1, pass 2 of 2/lost 2 of 2/' "$TMP/s.tsv"
printf '<!-- properties toy -->\n<!-- end -->\n<!-- summary toy -->\n<!-- end -->\n<!-- stale toy -->\n<!-- end -->\n' >>"$clone/README.md"
printf '1\n2\n3\n' >"$clone/series/toy.keep"
mv "$clone/series/toy" "$clone/series/toy.real"
mv "$clone/series/toy.keep" "$clone/series/toy"
line() { printf '%s\tdontneed\tpread\t1024k\t1\t%s\t%s\t0\t5.0\t%s\t%s\t1\t1\t0\t0\t0\t1\t0\t-\n' "$@"; }
{ printf 'base\t# seed 1\n'; line base 17 13 0.23 stale; printf 'base\t# exit 1\n'
  line 3 300 0 - pass; printf '3\t# exit 0\n'; } >"$TMP/stale.tsv"
run cover toy "$TMP/stale.tsv"
exits "cover: stale" 0
run cover toy "$TMP/s.tsv"
exits "cover: properties, beside stale of the same name" 0
is "cover: each is a file of its own" "$(cd "$clone/ci/examples" && echo *-toy.tsv)" \
	"properties-toy.tsv stale-toy.tsv"
is "cover: summary: stale pages, then the groups" "$(sed -n '/summary toy/,/^<!-- end/p' "$clone/README.md")" '<!-- summary toy -->

    what goes wrong on toy  base            last step
    stale pages             stale 13 of 17  none in 300
    hangs, endless waits    hangs 2+1 of 4  none in 4
    lost writes             lost 2 of 2     none in 1

<!-- end -->'
is "cover: stale: each kind of invalidation" "$(sed -n '/stale toy/,/^<!-- end/p' "$clone/README.md")" '<!-- stale toy -->

    invalidation  use    base                       step 3
    dontneed      pread  13 of 17, first at 0.23 s  0 of 300
    kernel               -                          good

<!-- end -->'
sed -i 's/^3\t# exit 0/3\t# exit 1/' "$clone/ci/examples/stale-toy.tsv"
run cover
like "cover: a report in the kernel log is no good step" "$(<"$clone/README.md")" 'stale pages +stale 13 of 17 +kernel is bad'
sed -i '/^3\t# exit/d' "$clone/ci/examples/stale-toy.tsv"
refuses 2 "cover: a VM that did not end" "step 3 has no result, or no '# exit N'" cover
mv "$clone/series/toy.real" "$clone/series/toy"
rm -r "$clone/ci/examples"
for f in docs/results.md README.md; do
	printf 'x\n' >"$clone/$f"
done
run mbox toy --tree "$tree" --cover "$letter"
like "mbox: with the table" "$out" 'step  pass  fail'
check "mbox: without the marks of scripts/cover" test -z "$(grep -F '<!--' <<<"$out")"

good_tree=$(g rev-parse 'good^{tree}')
g checkout -q --detach main
g am -q --empty=drop "$TMP/v2"
is "mbox: git am takes it" "$(g rev-parse 'HEAD^{tree}')" "$good_tree"
g checkout -q --detach main
if command -v b4 >/dev/null; then
	mkdir "$TMP/b4"
	(cd "$tree" && timeout 60 b4 --offline-mode am -m "$TMP/v2" -o "$TMP/b4") \
		</dev/null >"$TMP/b4.log" 2>&1 || sed 's/^/# /' "$TMP/b4.log"
	g am -q "$TMP"/b4/*.mbx
	is "mbox: b4 am -m takes it" "$(g rev-parse 'HEAD^{tree}')" "$good_tree"
	g checkout -q --detach main
	(cd "$tree" && timeout 60 b4 --offline-mode shazam -m "$TMP/v2") </dev/null >/dev/null 2>&1
	is "mbox: b4 shazam takes it" "$(g rev-parse 'HEAD^{tree}')" "$good_tree"
	g checkout -q --detach main
else
	skip "mbox: b4 am -m takes it" "no b4 here"
fi
if [[ -x $(git --exec-path)/git-send-email ]]; then
	mkdir "$TMP/mails"
	git mailsplit --mboxrd -o"$TMP/mails" "$TMP/v2" >/dev/null
	(cd "$tree" && git send-email --dry-run --confirm=never --quiet \
		"$TMP"/mails/* </dev/null) >"$TMP/sent" 2>&1
	is "mbox: git send-email --dry-run takes it" \
		"$(grep -c '^Dry-Sent' "$TMP/sent") of 4 $(grep -v '^Dry-Sent' "$TMP/sent")" "4 of 4 "
	(cd "$tree" && git send-email --dry-run --confirm=never --quiet \
		"$TMP/v1.d" </dev/null) >"$TMP/sent" 2>&1
	is "mbox: git send-email --dry-run takes the folder" \
		"$(grep -c '^Dry-Sent' "$TMP/sent") of 4 $(grep -v '^Dry-Sent' "$TMP/sent")" "4 of 4 "
else
	skip "mbox: git send-email" "no git-email here"
fi

# --- new-lane
g checkout -q -b lane main
new=$i915/gem/i915_gem_userptr.c
mkdir "$tree/$i915/gem"
g mv "$file" "$new"
sed -i 's/^int userptr(int unused)$/&\n\n/; s/known();/known() * 3;/' "$tree/$new"
g commit -qam lane
blob=$(g rev-parse "HEAD:$new")
cp "$clone/ci/data/bases.tsv" "$TMP/bases"
refuses 2 "new-lane: known base" "in ci/data/bases.tsv already" new-lane toy --blob "$blob" --path "$new" --tree "$tree"
refuses 2 "new-lane: no such file" "has no $file" new-lane v9 --blob "$blob" --path "$file" --tree "$tree"
refuses 2 "new-lane: another blob" "is blob $blob, not 123456789abc" \
	new-lane v9 --blob 123456789abc --path "$new" --tree "$tree"
lane=(new-lane v9 --blob "${blob:0:12}" --path "$new" --tree "$tree" --from toy --from-tree "$TMP/other")
o checkout -q import
run "${lane[@]}"
exits "new-lane: some conflict" 1
like "new-lane: which" "$out" "conflicts +0001-.*$new: 1 places"
like "new-lane: what applies" "$out" "(applies|by 3-way) +0002-"
like "new-lane: prints the entry" "$out" "v9"$'\t-\t'"$new"$'\t'"$blob"$'\t-'
check "new-lane: writes nothing" cmp "$clone/ci/data/bases.tsv" "$TMP/bases"
run "${lane[@]}" --write
check "new-lane --write: the entry" grep -q "^v9.*$blob" "$clone/ci/data/bases.tsv"
check "new-lane --write: list and folder" test -s "$clone/series/v9" -a -d "$clone/patches/v9"
is "new-lane: TREE is as it was" "$(g status --porcelain; g symbolic-ref --short HEAD)" lane
# --- MAINTAINERS.snippet, in the real kernels that are here
# in_maintainers NAME GITDIR TREE FILE
in_maintainers()
{
	local name="MAINTAINERS.snippet, $1" dir=$TMP/m-$1 new=$TMP/m-$1/MAINTAINERS d

	mkdir -p "$dir"
	for d in Documentation arch include drivers fs init ipc kernel lib scripts; do
		mkdir -p "$dir/$d"
	done
	git -c safe.directory='*' --git-dir="$2" archive "$3" MAINTAINERS COPYING CREDITS \
		Kbuild Makefile README scripts/get_maintainer.pl "$4" | tar -x -C "$dir" || return
	(cd "$dir" && perl scripts/get_maintainer.pl --self-test=sections) >"$dir.before" 2>&1
	awk 'NR == FNR { if (!/^#/) s = s $0 "\n"; next }
		/^INTEL DRM DRIVERS/ { on = 1 }
		{ print }
		on && /^$/ { print s; on = 0 }' "$ROOT/MAINTAINERS.snippet" "$new" >"$dir/new"
	mv "$dir/new" "$new"
	is "$name: one entry" "$(grep -c '^INTEL DRM USERPTR OBJECTS$' "$new")" 1
	check "$name: in its place" sort -c <(grep -A1 '^INTEL' "$new" | grep '^INTEL D' |
		LC_ALL=C grep -A1 -B1 USERPTR)
	(cd "$dir" && perl scripts/get_maintainer.pl --self-test=sections) >"$dir.after" 2>&1
	is "$name: --self-test has nothing to say" \
		"$(diff <(sed 's/:[0-9]*:/:/' "$dir.before") <(sed 's/:[0-9]*:/:/' "$dir.after"))" ''
	like "$name: get_maintainer.pl finds it, and the driver's people" "$(cd "$dir" &&
		perl scripts/get_maintainer.pl --nogit --nogit-fallback --subsystem --m -f "$4")" \
		'INTEL DRM DRIVERS.*INTEL DRM USERPTR OBJECTS'
}
if [[ -s $real/source/v5.10 ]]; then
	in_maintainers v5.10 "$real/source.git" "$(<"$real/source/v5.10")" \
		$i915/gem/i915_gem_userptr.c
else
	skip "MAINTAINERS.snippet, v5.10" "its source is not in the cache: ci/stages/source --base v5.10"
fi
# --- mbox: what is to be sent, as git and b4 take it
# mails LIST [ARG...]: the mails of a real list make its steps again, message for
# message.
mails()
{
	local list=$1 dir=$TMP/mails-$1 files=() want how row gitdir base

	shift
	mapfile -t files < <(sed "s/[[:space:]]*#.*//; /^\$/d; s|^|$ROOT/patches/$list/|" "$ROOT/series/$list")
	"$ROOT/scripts/mbox" "$list" "$@" --out "$dir.mbox" 2>"$TMP/err"
	is "mails of $list: exit 0" "$? $(grep -v -e ' mails$' -e '^source: ' "$TMP/err")" "0 "
	"$ROOT/scripts/mbox" "$list" "$@" --out "$dir.d/" 2>/dev/null
	is "mails of $list: a folder" "$(find "$dir.d" -name '*.patch' | wc -l)" $((${#files[@]} + 1))
	row=$("$ROOT/ci/stages/source" --base "${list%-merge}" "$@" --step base 2>/dev/null)
	IFS=$'\t' read -r gitdir base _ <<<"$row"
	git init -q "$dir"
	printf '%s\n' "$gitdir/objects" >"$dir/.git/objects/info/alternates"
	git -C "$dir" config core.sparseCheckout true
	sed -nE 's#^(---|\+\+\+) [ab]/([^\t]*).*#/\2#p' "${files[@]}" | sort -u >"$dir/.git/info/sparse-checkout"
	for how in patches mailbox folder b4; do
		if [[ $how == b4 ]] && ! command -v b4 >/dev/null; then
			skip "mails of $list: b4" "no b4 here"
			continue
		fi
		git -C "$dir" checkout -q --detach "$base"
		case $how in
		patches) git -C "$dir" am -q "${files[@]}" ;;
		mailbox) git -C "$dir" am -q --empty=drop --patch-format=mboxrd "$dir.mbox" ;;
		folder)	git -C "$dir" am -q --empty=drop "$dir.d"/* ;;
		b4)	mkdir "$dir.b4"
			(cd "$dir" && timeout 60 b4 --offline-mode am -m "$dir.mbox" -o "$dir.b4") \
				</dev/null >"$TMP/b4.log" 2>&1
			git -C "$dir" am -q "$dir.b4"/*.mbx ;;
		esac >"$TMP/am.log" 2>&1 || sed 's/^/# /' "$TMP/am.log"
		# b4 does not take the ">" of mboxrd away.
		row=$(git -C "$dir" log --reverse --format='%T %an %ae %ad %s%n%b' "$base.." | sed 's/^>From /From /')
		[[ $how != patches ]] || { want=$row; continue; }
		is "mails of $list: $how: the same commits" "$row" "$want"
	done
	if [[ -x $(git --exec-path)/git-send-email ]]; then
		(cd "$dir" && git send-email --dry-run --confirm=never --quiet --to=list@example.org \
			--suppress-cc=all "$dir.d" </dev/null) >"$TMP/sent" 2>&1
		is "mails of $list: git send-email --dry-run takes the folder" \
			"$(grep -c '^Dry-Sent' "$TMP/sent") $(grep -v '^Dry-Sent' "$TMP/sent")" "$((${#files[@]} + 1)) "
	else
		skip "mails of $list: git send-email" "no git-email here"
	fi
}
export USERPTR_CACHE=$real
for list in "$ROOT"/series/*; do
	list=${list##*/}
	if [[ $list != v4.17* ]]; then
		mails "$list"
	elif [[ -n ${V417_TREE:-} ]]; then
		mails "$list" --tree "$V417_TREE"
	else
		skip "mails of $list" "no tree: make check V417_TREE=DIR"
	fi
done

if [[ -n ${V417_TREE:-} ]]; then
	in_maintainers v4.17 "$(git -C "$V417_TREE" rev-parse --absolute-git-dir)" HEAD \
		$i915/i915_gem_userptr.c
else
	skip "MAINTAINERS.snippet, v4.17" "no tree: make check V417_TREE=DIR"
fi

is "nothing is left behind" "$(find "$clone/patches" "$TMP/cache/tmp" "$TMP" -maxdepth 1 -name 'i915-userptr.*')" ''
done_testing
