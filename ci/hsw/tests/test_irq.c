// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt tree, and that no handler which follows the driver's order
 * can lose an interrupt.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "device.h"
#include "hsw.h"
#include "tap.h"

#define DEIMR	0x44004
#define DEIIR	0x44008
#define DEIER	0x4400c
#define GTIMR	0x44014
#define GTIIR	0x44018
#define GTIER	0x4401c
#define PMIMR	0x44024
#define PMIIR	0x44028
#define PMIER	0x4402c
#define SDEIMR	0xc4004
#define SDEIIR	0xc4008
#define SDEIER	0xc400c
#define MASTER	0x80000000u
#define DE_PCH	0x10000000u

static struct hsw *hsw;
static int efd;

/* MSIs since the last call. */
static unsigned int msis(void)
{
	uint64_t n = 0;

	if (read(efd, &n, sizeof(n)) != sizeof(n))
		return 0;
	return n;
}

static const struct {
	uint32_t imr, iir, ier, bit;
} path[NUM_ENGINES] = {
	[RCS] = { GTIMR, GTIIR, GTIER, 1u << 0 },
	[VCS] = { GTIMR, GTIIR, GTIER, 1u << 12 },
	[BCS] = { GTIMR, GTIIR, GTIER, 1u << 22 },
	[VECS] = { PMIMR, PMIIR, PMIER, 1u << 10 },
};

static void quiet(void)
{
	hsw_reset(hsw);
	msis();
}

/* Everything unmasked and enabled for engine e. */
static void open_path(enum engine_id e)
{
	mmio_write(hsw, engine_base[e] + 0xa8, ~path[e].bit);
	mmio_write(hsw, path[e].imr, ~path[e].bit);
	mmio_write(hsw, path[e].ier, path[e].bit);
	mmio_write(hsw, DEIER, MASTER);
}

static void one_engine(enum engine_id e)
{
	const char *name = engine_name[e];
	bool good;

	quiet();
	open_path(e);
	irq_user(hsw, e);
	ok(msis() == 1 && mmio_read(hsw, path[e].iir) == path[e].bit,
	   "%s: user interrupt is bit 0x%x and one MSI", name, path[e].bit);
	irq_user(hsw, e);
	ok(msis() == 0, "%s: no second edge while the line is up", name);
	mmio_write(hsw, path[e].iir, path[e].bit);
	irq_user(hsw, e);
	ok(msis() == 1, "%s: a new edge after IIR was cleared", name);

	quiet();
	open_path(e);
	mmio_write(hsw, engine_base[e] + 0xa8, 0xffffffff);
	irq_user(hsw, e);
	good = mmio_read(hsw, path[e].iir) == 0 && msis() == 0;
	mmio_write(hsw, engine_base[e] + 0xa8, 0);
	ok(good && mmio_read(hsw, path[e].iir) == 0,
	   "%s: masked in the ring: lost", name);

	mmio_write(hsw, path[e].imr, 0xffffffff);
	irq_user(hsw, e);
	ok(mmio_read(hsw, path[e].iir) == 0 && msis() == 0,
	   "%s: masked in the block: lost", name);

	mmio_write(hsw, path[e].imr, 0);
	mmio_write(hsw, path[e].ier, 0);
	irq_user(hsw, e);
	ok(mmio_read(hsw, path[e].iir) == path[e].bit && msis() == 0,
	   "%s: not enabled: recorded, no MSI", name);
	mmio_write(hsw, path[e].ier, path[e].bit);
	ok(msis() == 1, "%s: and sent when it is enabled", name);
}

static void master(void)
{
	quiet();
	open_path(RCS);
	mmio_write(hsw, DEIER, 0);
	irq_user(hsw, RCS);
	ok(msis() == 0, "master off: held back");
	mmio_write(hsw, DEIER, MASTER);
	ok(msis() == 1, "master on: sent");
	mmio_write(hsw, DEIER, 0);
	mmio_write(hsw, DEIER, MASTER);
	ok(msis() == 1, "still pending when the master comes back: sent again");
	mmio_write(hsw, DEIER, 0);
	mmio_write(hsw, GTIIR, 1);
	mmio_write(hsw, DEIER, MASTER);
	ok(msis() == 0, "handled before the master comes back: not sent");
	mmio_write(hsw, GTIMR, 0);
	mmio_write(hsw, GTIER, 0xffffffff);
	irq_user(hsw, RCS);
	mmio_write(hsw, engine_base[BCS] + 0xa8, 0);
	irq_user(hsw, BCS);
	mmio_write(hsw, GTIIR, 1);
	ok(mmio_read(hsw, GTIIR) == 1u << 22,
	   "clearing one bit leaves the other");
}

static void south(void)
{
	quiet();
	mmio_write(hsw, DEIMR, ~DE_PCH);
	mmio_write(hsw, DEIER, MASTER | DE_PCH);
	mmio_write(hsw, SDEIER, 0xffffffff);
	mmio_set(hsw, SDEIIR, 1);
	irq_update(hsw);
	ok(msis() == 1 && mmio_read(hsw, DEIIR) == DE_PCH,
	   "a south display event shows up in DEIIR");
	/* The driver's order: SDEIER off, clear both, SDEIER on. */
	mmio_write(hsw, DEIER, DE_PCH);
	mmio_write(hsw, SDEIER, 0);
	mmio_write(hsw, SDEIIR, 1);
	mmio_write(hsw, DEIIR, DE_PCH);
	mmio_write(hsw, DEIER, MASTER | DE_PCH);
	mmio_write(hsw, SDEIER, 0xffffffff);
	ok(msis() == 0 && mmio_read(hsw, DEIIR) == 0, "and is gone when handled");
}

static void msi_setup(void)
{
	int other = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	uint64_t n = 0;

	quiet();
	open_path(RCS);
	irq_set_msi(hsw, -1);
	irq_user(hsw, RCS);
	ok(msis() == 0, "MSI off: nothing is sent");
	irq_set_msi(hsw, other);
	ok(read(other, &n, sizeof(n)) == sizeof(n) && n == 1,
	   "MSI set up while the line is up: sent now");
	mmio_write(hsw, GTIIR, 1);
	efd = eventfd(0, EFD_NONBLOCK);
	irq_set_msi(hsw, dup(efd));
	ok(msis() == 0, "MSI set up while it is down: not sent");
}

/*
 * The other side of the race: one thread raises user interrupts and counts
 * them in "memory" first, as a batch does; the handler thread sleeps on the
 * MSI and works in the driver's order, without the lock across steps. After
 * each MSI it reads the memory. It must always see the last value.
 */
static uint32_t seqno;
enum { ROUNDS = 20000 };

static void *raiser(void *arg)
{
	uint32_t i;

	for (i = 1; i <= ROUNDS; i++) {
		pthread_mutex_lock(&hsw->lock);
		__atomic_store_n(&seqno, i, __ATOMIC_RELEASE);
		irq_user(hsw, i % 2 ? RCS : VECS);
		if (hsw_lock_wanted(hsw))
			hsw_give_way(hsw);
		pthread_mutex_unlock(&hsw->lock);
		/* Wait for the handler now and then: a lost one hangs us. */
		if (i % 7 == 0 || i == ROUNDS) {
			int ms;

			for (ms = 0; ms < 5000; ms++) {
				if (__atomic_load_n((uint32_t *)arg,
						    __ATOMIC_ACQUIRE) >= i)
					break;
				usleep(ms < 100 ? 10 : 1000);
			}
			/* The handler sleeps for good now: end it all. */
			if (ms == 5000) {
				ok(false, "storm: interrupt %u was lost", i);
				exit(tap_done());
			}
		}
	}
	return NULL;
}

static uint32_t locked_read(uint32_t off)
{
	uint32_t val;

	hsw_lock(hsw);
	val = mmio_read(hsw, off);
	hsw_unlock(hsw);
	return val;
}

static void locked_write(uint32_t off, uint32_t val)
{
	hsw_lock(hsw);
	mmio_write(hsw, off, val);
	hsw_unlock(hsw);
}

static void storm(void)
{
	static uint32_t seen;
	pthread_t thread;
	uint64_t n;

	hsw_lock(hsw);
	quiet();
	open_path(RCS);
	open_path(VECS);
	hsw_unlock(hsw);

	close(efd);
	efd = eventfd(0, 0);
	hsw_lock(hsw);
	irq_set_msi(hsw, dup(efd));
	hsw_unlock(hsw);

	pthread_create(&thread, NULL, raiser, &seen);
	while (__atomic_load_n(&seen, __ATOMIC_ACQUIRE) < ROUNDS) {
		uint32_t ier, iir;

		if (read(efd, &n, sizeof(n)) != sizeof(n))
			break;
		ier = locked_read(DEIER);
		locked_write(DEIER, ier & ~MASTER);
		iir = locked_read(GTIIR);
		if (iir)
			locked_write(GTIIR, iir);
		iir = locked_read(PMIIR);
		if (iir)
			locked_write(PMIIR, iir);
		__atomic_store_n(&seen, __atomic_load_n(&seqno, __ATOMIC_ACQUIRE),
				 __ATOMIC_RELEASE);
		locked_write(DEIER, ier | MASTER);
	}
	pthread_join(thread, NULL);
	ok(seen == ROUNDS,
	   "storm: %d interrupts against a handler, none lost", ROUNDS);
}

int main(void)
{
	enum engine_id e;

	alarm(120);
	efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	hsw = hsw_create();
	if (!ok(hsw != NULL && efd >= 0, "create"))
		return tap_done();

	hsw_lock(hsw);
	irq_set_msi(hsw, dup(efd));
	for (e = RCS; e < NUM_ENGINES; e++)
		one_engine(e);
	master();
	south();
	msi_setup();
	hsw_unlock(hsw);
	storm();
	hsw_destroy(hsw);
	close(efd);
	return tap_done();
}
