// SPDX-License-Identifier: GPL-2.0-only
/* Small files of /proc and /sys, and the channel to the host. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "guest.h"

static const char *say_nonce = "none";
static int say_fd = -1;

int put(const char *path, const char *text)
{
	size_t len = strlen(text);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;
	int err;

	if (fd < 0)
		return -errno;
	n = write(fd, text, len);
	err = n < 0 ? -errno : n == (ssize_t)len ? 0 : -EIO;
	close(fd);
	return err;
}

ssize_t get(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += n;
	buf[len] = '\0';
	close(fd);
	return len;
}

int say_open(const char *nonce)
{
	struct termios t;

	say_nonce = nonce;
	say_fd = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (say_fd < 0)
		return -1;
	/* Raw: the host reads a file, \n must stay \n. */
	if (!tcgetattr(say_fd, &t)) {
		cfmakeraw(&t);
		tcsetattr(say_fd, TCSANOW, &t);
	}
	return say_fd;
}

void say(const char *fmt, ...)
{
	char text[512], line[640];
	va_list ap;
	int n;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	n = snprintf(line, sizeof(line), "ci %s %s\n", say_nonce, text);
	/* One write: lines of the runner must not cut it in two. */
	if (say_fd < 0 || write(say_fd, line, n) != n)
		put("/dev/kmsg", line);
	/* reboot() takes what the UART has not sent yet. */
	if (say_fd >= 0)
		tcdrain(say_fd);
}
