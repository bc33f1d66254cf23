# SPDX-License-Identifier: GPL-2.0-only
# A static program for the guest, $(PROG): of its own $(SRCS), which include
# $(PROG).h, and of files of the stale-page test, $(SHARED).
#	make -C ci/guest/PROG O=DIR [INC=DIR]	O/PROG
# INC: where i915_drm.h is, see stale/Makefile.
O ?= .
INC ?= /usr/include/libdrm
CC ?= gcc
CFLAGS = -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -pthread
OBJS = $(patsubst %.c,$(O)/$(PROG)-%.o,$(SRCS) $(SHARED))
HDRS = $(PROG).h ../stale/stale.h ../stale/gem.h Makefile ../program.mk

$(O)/$(PROG): $(OBJS)
	$(CC) -static -pthread -o $@ $(OBJS)

$(OBJS): CFLAGS += -isystem $(INC)
$(O)/$(PROG)-%.o: %.c $(HDRS) | $(O)
	$(CC) $(CFLAGS) -c -o $@ $<
$(O)/$(PROG)-%.o: ../stale/%.c $(HDRS) | $(O)
	$(CC) $(CFLAGS) -c -o $@ $<

$(O):
	mkdir -p $@

.PHONY: clean
clean:
	rm -f $(O)/$(PROG) $(OBJS)
