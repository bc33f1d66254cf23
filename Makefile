# SPDX-License-Identifier: GPL-2.0-only
BASE ?= v5.10
STEPS ?= all
TESTLIST ?= bat
STEP ?= base
PEER ?= v6.12,v7.2
OUT ?= build/shard
TIMES ?= 1
LAST = $(shell grep -vc '^\#' series/$(BASE))
export V417_TREE

help:
	@echo 'make shard             table of gem_userptr_blits for BASE and each step'
	@echo '                       BASE=$(BASE) STEPS=$(STEPS) TESTLIST=$(TESTLIST) [ARGS="..."]'
	@echo 'make check             all tests: device, harness, series; V417_TREE=DIR adds v4.17'
	@echo 'make properties        lost writes, hangs and errors on the base, the first version and'
	@echo '                       the last step; writes the tables of README.md, COVER_LETTER.md'
	@echo '                       and docs/results.md: BASE=$(BASE) TIMES=$(TIMES) [ARGS="..."]'
	@echo 'make stale             stale pages on the base and the last step; writes the tables of'
	@echo '                       README.md and docs/results.md: BASE=$(BASE) [ARGS="..."]'
	@echo 'make examples          writes ci/examples from the results in OUT=$(OUT) [COST=FILE.svg] [REPORT=--per-step]'
	@echo 'make cost              what each step costs: writes ci/examples/cost.md and cost.svg'
	@echo '                       BASE=$(BASE) STEPS=$(STEPS) PEER=$(PEER)'
	@echo 'make broad             other IGT binaries and i915'"'"'s selftests, by kernel:'
	@echo '                       writes ci/hsw/BINARIES.md; V417_TREE=DIR adds v4.17'
	@echo 'make shell STEP=N      a shell in the guest (STEP=base: no patch)'
	@echo 'make setup             install the packages that the host lacks'
	@echo 'make clean             remove build/ (the cache stays: see docs/ci.md)'
	@echo 'Options: ci/run --help'

setup:
	@ci/setup

shard: setup
	@ci/run --base $(BASE) --steps $(STEPS) --testlist $(TESTLIST) $(ARGS)

# The texts say what came out, expected or not; the exit code is ci/properties's.
properties: setup
	@rc=0; ci/properties --base $(BASE) --first --times $(TIMES) $(ARGS) || rc=$$?; \
	[ $$rc -le 1 ] || exit $$rc; \
	scripts/cover $(BASE) build/properties/results.tsv && exit $$rc

# The base has stale pages and WARNs: its 1 is a result. The status of each VM is kept,
# so that a VM that ended early is no pass.
stale: setup
	@mkdir -p build/stale; \
	for step in base $(LAST); do \
		rc=0; ci/shell --base $(BASE) --step $$step $(ARGS) -- stale --size 1m --seconds 15 \
			--op dontneed,munmap,mremap,mremap-onto >build/stale/$$step || rc=$$?; \
		[ $$rc -le 1 ] || exit $$rc; \
		sed "s/^/$$step\t/" build/stale/$$step; printf '%s\t# exit %s\n' $$step $$rc; \
	done >build/stale/stale.tsv && ci/stages/verdict stale-table build/stale/stale.tsv && \
	scripts/cover $(BASE) build/stale/stale.tsv

check:
	@ci/setup --tests
	@tests/run

# A report's 1 (something is worse) is no reason to go without it.
examples:
	@ci/report $(OUT) $(REPORT) --more $(BASE).html --out ci/examples/$(BASE).mail || [ $$? = 1 ]
	@ci/report $(OUT) $(if $(COST),--cost $(COST)) --out ci/examples/$(BASE).html || [ $$? = 1 ]
	@! command -v chromium >/dev/null || \
		python3 tests/report/shots.py ci/examples/$(BASE).html ci/examples/$(BASE)

cost: setup
	@ci/bench --base $(BASE) --steps $(STEPS) --peer $(PEER) --out build/cost $(ARGS)
	@{ printf '%s\n' '<!-- SPDX-License-Identifier: GPL-2.0-only -->' \
		'Instructions of a call (nanoseconds under `-icount shift=0`); made by `make cost`:' \
		'$(BASE), steps $(STEPS), and $(PEER) as it is.' ''; \
		cat build/cost/bench.md; } >ci/examples/cost.md
	@cp build/cost/bench.svg ci/examples/cost.svg

# A result that is not expected is in the table as well.
BROAD = v5.10 v6.1 v6.12 $(if $(V417_TREE),v4.17)
SELFTESTS = $(filter-out v6.1,$(BROAD))
broad: setup
	@for what in $(BROAD:%=%-run) $(SELFTESTS:%=%-selftests); do \
		base=$${what%-*} tree=; \
		[ $$base != v4.17 ] || tree="--tree $(V417_TREE)"; \
		case $$what in \
		*-run) ci/run --base $$base $$tree --steps base --config selftest --testlist broad \
			--out build/broad/$$what $(ARGS) ;; \
		*) ci/selftests --base $$base $$tree --out build/broad/$$what $(ARGS) ;; \
		esac || [ $$? = 1 ] || exit 1; \
	done
	@ci/stages/verdict binaries $(BROAD:%=build/broad/%-run/results.tsv) \
		$(SELFTESTS:%=build/broad/%-selftests/results.tsv) >build/broad/BINARIES.md
	@cp build/broad/BINARIES.md ci/hsw/BINARIES.md

shell: setup
	@ci/shell --base $(BASE) --step $(STEP)

clean:
	rm -rf build

.PHONY: help setup shard properties stale check examples cost broad shell clean
