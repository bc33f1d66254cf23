// SPDX-License-Identifier: GPL-2.0-only
/*
 * pid 1 of the test VM: bring the machine up, load i915, run IGT, say on the
 * second serial port how it ended, go down.
 *
 * The host believes nothing but a line "ci NONCE end ..." with the nonce of
 * this boot: a panic, a hang or an init that never ran cannot write it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void set_number(const char *path, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	put(path, text);
}

static void tune(const struct config *c)
{
	/* mlocked-*: more is mapped than there is memory. */
	put("/proc/sys/vm/overcommit_memory", "1");
	set_number("/proc/sys/vm/nr_hugepages", c->hugepages);
	put("/proc/sys/kernel/pid_max", "32768");
	/* A task that blocks for good must leave its stack in the log. */
	set_number("/proc/sys/kernel/hung_task_timeout_secs", c->hung);
	put("/proc/sys/kernel/hung_task_warnings", "-1");
	put("/proc/sys/kernel/printk", "7");
	put("/proc/sys/kernel/sysrq", "1");
	sethostname("shard-hsw", 9);
}

/*
 * igt_runner has given up on this boot. From here on it writes a summary of all tests
 * over 9p, which takes half a minute. The host makes its own summary.
 */
static bool igt_aborted(void)
{
	return !access(SHARE "/igt/endtime.txt", F_OK) &&
	       !access(SHARE "/igt/aborted.txt", F_OK);
}

/*
 * Run @argv with its output on @fd; returns its wait status, reaps others. It is killed
 * when @over is true, which is asked a few times in a second.
 */
static int run(char *const argv[], int fd, bool tty, bool (*over)(void))
{
	int status = 0;
	pid_t pid = fork(), got;

	if (!pid) {
		setsid();
		if (tty) {
			/* the console as controlling terminal, for ^C */
			fd = open("/dev/ttyS0", O_RDWR);
			dup2(fd, 0);
		}
		dup2(fd, 1);
		dup2(fd, 2);
		execv(argv[0], argv);
		say("cannot run %s: errno %d", argv[0], errno);
		_exit(127);
	}
	while ((got = waitpid(-1, &status, over ? WNOHANG : 0)) != pid) {
		if (got < 0 && errno != EINTR)
			return -1;
		if (got || !over)
			continue;
		if (over())
			kill(-pid, SIGKILL);
		usleep(300000);
	}
	return status;
}

static int run_igt(const struct config *c, int fd)
{
	char timeout[32];
	char *const first[] = {
		"/usr/bin/igt_runner", "--overwrite", "--log-level", "verbose",
		"--per-test-timeout", timeout,
		"--abort-on-monitored-error=taint,lockdep",
		"--test-list", SHARE "/testlist",
		"/usr/libexec/igt-gpu-tools", SHARE "/igt", NULL
	};
	char *const again[] = { "/usr/bin/igt_resume", SHARE "/igt", NULL };
	bool resume = !strcmp(c->mode, "resume");

	snprintf(timeout, sizeof(timeout), "%d", c->timeout);
	/* Of an earlier boot; igt_runner would leave them as they are. */
	unlink(SHARE "/igt/aborted.txt");
	unlink(SHARE "/igt/endtime.txt");
	say("start %s", c->mode);
	return run(resume ? again : first, fd, false, igt_aborted);
}

/* The command of ci/shell: its output goes to the host as it comes. */
static int run_script(void)
{
	char *const argv[] = { "/bin/sh", SHARE "/script", NULL };
	int fd = open(SHARE "/output", O_WRONLY | O_CREAT | O_APPEND, 0644);
	int status;

	if (fd < 0) {
		say("no output errno %d", errno);
		return 127 << 8;
	}
	say("start script");
	status = run(argv, fd, false, NULL);
	close(fd);
	return status;
}

/* The last word: what the kernel itself thinks of this boot. */
static void say_end(int status)
{
	char taint[32] = "?", stats[8192], *p;
	int locks = -1;

	if (get("/proc/sys/kernel/tainted", taint, sizeof(taint)) > 0)
		taint[strcspn(taint, "\n")] = '\0';
	if (get("/proc/lockdep_stats", stats, sizeof(stats)) > 0) {
		p = strstr(stats, " debug_locks:");
		if (p)
			sscanf(p, " debug_locks: %d", &locks);
	}
	say("end runner=%d debug_locks=%d taint=%s",
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	    locks, taint);
}

static void down(void)
{
	sync();
	/* -no-reboot: QEMU ends here. */
	reboot(RB_AUTOBOOT);
	put("/proc/sysrq-trigger", "b");
	for (;;)
		pause();
}

/* If i915's probe failed, card0 is vgem's. */
static bool i915_has_card(void)
{
	static const char i915[] = "/i915";
	char driver[256];
	ssize_t len = readlink("/sys/class/drm/card0/device/driver", driver,
			       sizeof(driver) - 1);
	ssize_t tail = len - (ssize_t)strlen(i915);

	if (tail < 0 || access("/dev/dri/card0", F_OK))
		return false;
	driver[len] = '\0';
	return !strcmp(driver + tail, i915);
}

/*
 * v6's runtime suspend, hsw_enable_pc8(), looks for the pipes of a display that is fused
 * off, and oopses: the device stays awake. i915 allows the suspend in the middle of its
 * probe, of which its live selftests are the end, and it comes 10 s after the last use.
 * A probe holds the lock that power/control wants: until it ends, use has to do.
 */
static int use(void)
{
	char residency[32];
	ssize_t n = get("/sys/class/drm/card0/gt/gt0/rc6_residency_ms", residency,
			sizeof(residency));

	/* Not there yet, or this i915 has none. */
	return n < 0 && n != -ENOENT ? n : 0;
}

static int forbid_suspend(void)
{
	return put("/sys/bus/pci/devices/0000:00:02.0/power/control", "on");
}

/* A child that does @act every two seconds, or 0: for v6. */
static pid_t keep_awake(int (*act)(void))
{
	struct utsname u;
	pid_t pid;
	int err;

	if (uname(&u) || atoi(u.release) < 6)
		return 0;
	pid = fork();
	if (pid < 0)
		say("power errno %d", errno);
	if (pid)
		return pid > 0 ? pid : 0;
	while (!(err = act()))
		sleep(2);
	say("power errno %d", -err);
	_exit(1);
}

int main(void)
{
	char *const shell[] = { "/bin/sh", "-l", NULL };
	struct config c = { };
	char path[64];
	int fd, err, status = 0;
	pid_t pid;
	double t;

	err = mounts();
	config_read(&c);
	fd = say_open(c.nonce);
	say("init errno %d", -err);
	if (err)
		down();

	setenv("PATH", "/usr/bin:/bin:/usr/libexec/igt-gpu-tools", 1);
	setenv("HOME", "/tmp", 1);
	setenv("TERM", "linux", 1);
	setenv("IGT_TEST_ROOT", "/usr/libexec/igt-gpu-tools", 1);
	/* meta_test: a result of every kind, for the tests of the harness */
	setenv("IGT_CI_META_TEST", "1", 1);
	chdir("/tmp");
	tune(&c);
	snprintf(path, sizeof(path), SHARE "/dmesg-%d.txt", c.boot);
	kmsg_copy(path);
	if (!access("/dev/vda", F_OK)) {
		err = swap_on("/dev/vda");
		if (err)
			say("swap errno %d", -err);
	}

	t = now();
	if (c.gpu) {
		pid = keep_awake(use);
		err = modules_load();
		if (pid) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
		keep_awake(forbid_suspend);
		say("modules %.2f errno %d", now() - t, -err);
		if (!i915_has_card()) {
			say("nocard");
			say_end(0);
			down();
		}
		say("card0");
	}
	provoke(c.provoke);

	if (!strcmp(c.mode, "run") || !strcmp(c.mode, "resume"))
		status = run_igt(&c, fd);
	else if (!strcmp(c.mode, "shell"))
		status = run(shell, fd, true, NULL);
	else if (!strcmp(c.mode, "script"))
		status = run_script();
	err = leaks_log();
	if (err != -ENOENT)
		say("leaks %d", err);
	say_end(status);
	down();
	return 0;
}
