// SPDX-License-Identifier: GPL-2.0-only
/* What the host asks for: the ci.* words of the kernel command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"

const char *cmdline(void)
{
	static char line[4096];

	if (!line[0] && get("/proc/cmdline", line, sizeof(line)) < 0)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* Copy the value of the word @name= to @val; @def if there is none. */
static void word(const char *name, char *val, size_t size, const char *def)
{
	size_t len = strlen(name);
	const char *p = cmdline();

	snprintf(val, size, "%s", def);
	while (*p) {
		size_t n = strcspn(p, " ");

		if (n > len && !strncmp(p, name, len) && p[len] == '=')
			snprintf(val, size, "%.*s", (int)(n - len - 1),
				 p + len + 1);
		p += n;
		p += strspn(p, " ");
	}
}

static int number(const char *name, int def)
{
	char val[32];

	word(name, val, sizeof(val), "");
	return val[0] ? atoi(val) : def;
}

void config_read(struct config *c)
{
	word("ci.nonce", c->nonce, sizeof(c->nonce), "none");
	word("ci.mode", c->mode, sizeof(c->mode), "none");
	word("ci.provoke", c->provoke, sizeof(c->provoke), "");
	c->boot = number("ci.boot", 1);
	c->timeout = number("ci.timeout", 120);
	/*
	 * None: if there is a hugetlb page, huge-split maps it, and no kernel splits
	 * that. Without one it maps the transparent page that it means.
	 */
	c->hugepages = number("ci.hugepages", 0);
	c->hung = number("ci.hung", 30);
	c->gpu = number("ci.gpu", 1);
}
