# SPDX-License-Identifier: GPL-2.0-only
# A static program for the guest, $(PROG): of its own $(SRCS) and of files of ../lib, $(LIB).
#	make -C ci/guest/PROG O=DIR [INC=DIR]	O/PROG
# INC: where i915_drm.h is: libdrm-dev's (default), or usr/include/drm of what the kernel's
# `make headers` leaves.
O ?= .
INC ?= /usr/include/libdrm
CC ?= gcc
CFLAGS = -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -pthread -isystem $(INC)
OBJS = $(patsubst %.c,$(O)/$(PROG)-%.o,$(SRCS) $(LIB))
DEPS = $(wildcard *.h ../lib/*.h) Makefile ../program.mk | $(O) drm

$(O)/$(PROG): $(OBJS)
	$(CC) -static -pthread -o $@ $(OBJS)

$(O)/$(PROG)-%.o: %.c $(DEPS)
	$(CC) $(CFLAGS) -c -o $@ $<
$(O)/$(PROG)-%.o: ../lib/%.c $(DEPS)
	$(CC) $(CFLAGS) -c -o $@ $<

$(O):
	mkdir -p $@

drm:
	@test -r '$(INC)/i915_drm.h' || { echo "$(PROG): no $(INC)/i915_drm.h: install \
	libdrm-dev or give INC=" >&2; exit 1; }

.PHONY: clean drm
clean:
	rm -f $(O)/$(PROG) $(OBJS)
