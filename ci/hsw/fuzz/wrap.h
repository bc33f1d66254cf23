/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that the linker puts between the device and the C library, or between two
 * files of the device: with --wrap=NAME (WRAP and WRAP_msg in the Makefile) each call of
 * NAME becomes one of __wrap_NAME, and __real_NAME is what NAME was; see ld(1).
 */
#ifndef HSW_WRAP_H
#define HSW_WRAP_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

struct hsw;

/* fuzz.c, in all targets: time passes when it is asked for, 1 us each time. */
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);

/*
 * fuzz_msg.c. The socket is the input: recvmsg() returns bytes and files of the
 * input's records, sendmsg() checks the reply and takes all of it.
 */
ssize_t __wrap_recvmsg(int sock, struct msghdr *msg, int flags);
ssize_t __wrap_sendmsg(int sock, const struct msghdr *msg, int flags);
/* The two buffers of a connection come from a pool. */
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void __real_free(void *p);
void __wrap_free(void *p);
/* Guest memory. */
void *__real_mmap(void *at, size_t size, int prot, int flags, int fd, off_t off);
void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t off);
int __real_munmap(void *at, size_t size);
int __wrap_munmap(void *at, size_t size);
/* 15 of 16 inputs copy the clean registers back instead, which is faster. */
void __real_hsw_reset(struct hsw *hsw);
void __wrap_hsw_reset(struct hsw *hsw);

#endif
