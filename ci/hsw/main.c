// SPDX-License-Identifier: GPL-2.0-only
/*
 * hsw: a software Haswell GT2 behind a vfio-user socket.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "device.h"
#include "hsw.h"
#include "vfio_user.h"

static const char usage[] =
"usage: hsw --socket PATH [options]\n"
"\n"
"A software Intel Haswell GT2 graphics device (8086:0412) for QEMU >= 10.1:\n"
"  qemu-system-x86_64 ... -device '{\"driver\":\"vfio-user-pci\",\"addr\":\"2\",\n"
"    \"socket\":{\"type\":\"unix\",\"path\":\"PATH\"}}'\n"
"The guest's memory must be shared: -machine memory-backend=ID with\n"
"-object memory-backend-memfd,id=ID,share=on,size=...\n"
"\n"
"  --socket PATH   listen here; a stale socket is replaced\n"
"  --keep          wait for the next client when one leaves\n"
"  --tlb           translations stay until the driver flushes them\n"
"  --trace LIST    mmio, cmd, dma (comma separated) or all\n"
"  --log FILE      append messages, traces and statistics here, not to stderr\n"
"  --quiet         no statistics when a client leaves\n"
"  --help, --version\n";

static volatile sig_atomic_t stop;
static volatile sig_atomic_t listen_fd = -1, client_fd = -1;
static struct hsw *volatile serving;

/*
 * shutdown() makes a blocked accept() or recvmsg() return now and every later
 * one return at once: no window in which a signal could be missed.
 */
static void on_stop(int sig)
{
	int saved = errno;

	stop = sig;
	if (listen_fd >= 0)
		shutdown(listen_fd, SHUT_RDWR);
	if (client_fd >= 0)
		shutdown(client_fd, SHUT_RDWR);
	errno = saved;
}

/*
 * The file behind guest memory was cut short under a thread of ours: it goes on
 * with other memory, and that client is dropped.
 */
static void on_bus_error(int sig, siginfo_t *info, void *context)
{
	struct hsw *hsw = serving;
	int saved = errno;

	(void)context;
	if (hsw && mem_replace(&hsw->mem, info->si_addr))
		shutdown(client_fd, SHUT_RDWR);
	else
		signal(sig, SIG_DFL);	/* a fault of ours: comes again */
	errno = saved;
}

static void set_signals(void)
{
	struct sigaction sa = { .sa_handler = on_stop };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	sa.sa_sigaction = on_bus_error;
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGBUS, &sa, NULL);
}

/* Removes a socket that nobody listens on; -EADDRINUSE if somebody does. */
static int remove_stale(const struct sockaddr_un *addr)
{
	struct stat st;
	int err = 0;
	int fd;

	if (lstat(addr->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* EAGAIN: it listens, and its queue is full. */
	if (!connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) ||
	    errno == EAGAIN)
		err = -EADDRINUSE;
	else if (errno != ECONNREFUSED)
		err = -errno;
	else if (unlink(addr->sun_path) < 0 && errno != ENOENT)
		err = -errno;
	close(fd);
	return err;
}

static int listen_on(const struct sockaddr_un *addr)
{
	mode_t mask;
	int err;
	int fd;

	err = remove_stale(addr);
	if (err)
		return err;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* Who can connect can make us map and scribble over his files. */
	mask = umask(0077);
	err = bind(fd, (const struct sockaddr *)addr, sizeof(*addr));
	umask(mask);
	if (err < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	if (listen(fd, 1) < 0) {
		err = -errno;
		unlink(addr->sun_path);
		close(fd);
		return err;
	}
	return fd;
}

/*
 * One client from connect to disconnect, on a device of its own. -EAGAIN: it
 * left without a word.
 */
static int serve_client(int fd, bool quiet, bool tlb)
{
	struct hsw *hsw = hsw_create();
	int err = hsw ? 0 : -errno;

	if (!err && tlb)
		err = tlb_enable(hsw);
	if (err) {
		hsw_destroy(hsw);
		log_info("no device for this client: %s", strerror(-err));
		return err;
	}
	serving = hsw;
	err = vfio_user_serve(hsw, fd);
	gpu_stop(hsw);
	serving = NULL;
	if (hsw->mem.lost) {
		log_info("guest memory at 0x%" PRIx64 " is gone: its file was cut short, or its file system is full; closing the connection",
			 hsw->mem.lost_at);
		err = -EFAULT;
	}
	/* A mere knock, such as remove_stale() of another server. */
	if (!err && !hsw->stats.messages)
		err = -EAGAIN;
	else if (!quiet && log_allowed())
		stats_print(&hsw->stats, log_file());
	hsw_destroy(hsw);
	return err;
}

static int accept_loop(bool keep, bool quiet, bool tlb)
{
	int err = 0;

	do {
		int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);

		if (stop) {
			if (fd >= 0)
				close(fd);
			break;
		}
		if (fd < 0) {
			if (errno == EINTR || errno == ECONNABORTED) {
				err = -EAGAIN;
				continue;
			}
			err = -errno;
			log_info("accept: %s", strerror(errno));
			break;
		}
		client_fd = fd;
		if (stop)		/* came before the line above */
			shutdown(fd, SHUT_RDWR);
		err = serve_client(fd, quiet, tlb);
		client_fd = -1;
		close(fd);
	} while (!stop && (keep || err == -EAGAIN));
	return stop ? 0 : err;
}

int main(int argc, char **argv)
{
	enum { SOCKET = 256, KEEP, TLB, TRACE, LOG, QUIET, HELP, VERSION };
	static const struct option options[] = {
		{ "socket", required_argument, NULL, SOCKET },
		{ "keep", no_argument, NULL, KEEP },
		{ "tlb", no_argument, NULL, TLB },
		{ "trace", required_argument, NULL, TRACE },
		{ "log", required_argument, NULL, LOG },
		{ "quiet", no_argument, NULL, QUIET },
		{ "help", no_argument, NULL, HELP },
		{ "version", no_argument, NULL, VERSION },
		{ 0 },
	};
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *socket_path = NULL, *log_path = NULL;
	bool keep = false, quiet = false, tlb = false;
	int err, opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case SOCKET:
			socket_path = optarg;
			break;
		case KEEP:
			keep = true;
			break;
		case TLB:
			tlb = true;
			break;
		case TRACE:
			if (trace_parse(optarg)) {
				fprintf(stderr, "hsw: --trace %s: give mmio, cmd, dma or all\n",
					optarg);
				return 2;
			}
			break;
		case LOG:
			log_path = optarg;
			break;
		case QUIET:
			quiet = true;
			break;
		case HELP:
			fputs(usage, stdout);
			return 0;
		case VERSION:
			puts("hsw " HSW_VERSION);
			return 0;
		default:
			fputs("hsw: try --help\n", stderr);
			return 2;
		}
	}
	if (optind < argc || !socket_path) {
		fputs("hsw: give --socket PATH and nothing else; try --help\n",
		      stderr);
		return 2;
	}
	if (!*socket_path || strlen(socket_path) >= sizeof(addr.sun_path)) {
		fprintf(stderr, "hsw: --socket %s: a path of 1 to %zu bytes, please\n",
			socket_path, sizeof(addr.sun_path) - 1);
		return 2;
	}
	strcpy(addr.sun_path, socket_path);

	err = log_open(log_path);
	if (err) {
		fprintf(stderr, "hsw: --log %s: %s\n", log_path, strerror(-err));
		return 2;
	}
	set_signals();
	err = listen_on(&addr);
	if (err < 0) {
		log_info("--socket %s: %s", socket_path,
			 err == -EADDRINUSE ? "another server listens there" :
			 err == -EEXIST ? "exists and is not a socket" :
			 strerror(-err));
		return 2;
	}
	listen_fd = err;
	if (stop)			/* came before the line above */
		shutdown(listen_fd, SHUT_RDWR);

	err = accept_loop(keep, quiet, tlb);

	close(listen_fd);
	unlink(socket_path);
	log_close();
	return err ? 1 : 0;
}
