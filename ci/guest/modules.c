// SPDX-License-Identifier: GPL-2.0-only
/* Kernel modules, loaded in the order that the build wrote down. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"

#define DIR "/lib/ci/"

int module_load(const char *path, const char *params)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, params, 0) && errno != EEXIST)
		err = -errno;
	close(fd);
	return err;
}

/*
 * Parameters of the module @name on the command line, as modprobe finds them:
 * words "name.param=value", collected as "param=value param=value".
 */
static void params_of(const char *name, char *buf, size_t size)
{
	size_t len = strlen(name), used = 0;
	const char *p = cmdline();

	buf[0] = '\0';
	while (*p) {
		size_t n = strcspn(p, " ");

		if (n > len && !strncmp(p, name, len) && p[len] == '.')
			used += snprintf(buf + used, size - used, "%.*s ",
					 (int)(n - len - 1), p + len + 1);
		if (used >= size)
			return;
		p += n;
		p += strspn(p, " ");
	}
}

int modules_load(void)
{
	char path[256], name[128], params[512];
	FILE *f = fopen(DIR "modules", "re");
	int err = 0;

	if (!f)
		return errno == ENOENT ? 0 : -errno;
	while (!err && fscanf(f, "%127s", name) == 1) {
		snprintf(path, sizeof(path), DIR "%s", name);
		name[strcspn(name, ".")] = '\0';
		params_of(name, params, sizeof(params));
		err = module_load(path, params);
		if (err)
			say("module %s errno %d", name, -err);
	}
	fclose(f);
	return err;
}
