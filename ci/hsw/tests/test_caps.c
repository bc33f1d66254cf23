// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities out of the JSON of VERSION: which are proposed, and what is none.
 */
#include <errno.h>

#include "caps.h"
#include "tap.h"

static const char *const names[] = { "max_msg_fds", "pgsizes" };

static const struct {
	const char *text;
	int ret;
	uint32_t proposed;
} t[] = {
	{ "{}", 0, 0 },
	{ " { }\n ", 0, 0 },
	{ "{\"capabilities\":{}}", 0, 0 },
	{ "{\"capabilities\":{\"max_msg_fds\":8}}", 0, 1 },
	{ "{\"capabilities\":{\"pgsizes\":4096,\"max_msg_fds\":8}}", 0, 3 },
	{ "{\"other\":{\"pgsizes\":1},\"capabilities\":{\"max_msg_fds\":8}}", 0, 1 },
	{ "{\"capabilities\":{\"max_msg_fds\":8},\"pgsizes\":1}", 0, 1 },
	{ "{\"capabilities\":{\"twin_socket\":{\"pgsizes\":true}}}", 0, 0 },
	{ "{\"capabilities\":{\"x\":[{\"pgsizes\":1}]}}", 0, 0 },
	{ "{\"capabilities\":{\"x\":\"\\\"pgsizes\\\":1\\u00e9\"}}", 0, 0 },
	{ "{\"capabilities\":[\"pgsizes\"]}", 0, 0 },
	{ "{\"capabilities\":null}", 0, 0 },
	{ "{\"capabilities\":{\"a\":-1.5e+3,\"b\":0,\"c\":false,\"pgsizes\":[]}}", 0, 2 },
	{ "", -EINVAL, 0 },
	{ "[]", -EINVAL, 0 },
	{ "null", -EINVAL, 0 },
	{ "{", -EINVAL, 0 },
	{ "{}}", -EINVAL, 0 },
	{ "{\"capabilities\"}", -EINVAL, 0 },
	{ "{\"capabilities\":}", -EINVAL, 0 },
	{ "{\"capabilities\":{\"pgsizes\":4096,}}", -EINVAL, 0 },
	{ "{\"capabilities\":{\"pgsizes\":tru}}", -EINVAL, 0 },
	{ "{\"capabilities\":{\"pgsizes\":01}}", -EINVAL, 0 },
	{ "{\"capabilities\":{\"pgsizes\":1.}}", -EINVAL, 0 },
	{ "{\"a\":\"\\x\"}", -EINVAL, 0 },
	{ "{\"a\":\"\\u12g4\"}", -EINVAL, 0 },
	{ "{\"a\":\"", -EINVAL, 0 },
	{ "{\"a\":\"\\", -EINVAL, 0 },
	{ "{\"a\":\"\n\"}", -EINVAL, 0 },
	{ "{a:1}", -EINVAL, 0 },
	{ "{\"a\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}", -EINVAL, 0 },
};

int main(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		uint32_t proposed = 0;
		int ret = caps_proposed(t[i].text, names, 2, &proposed);

		ok(ret == t[i].ret && (ret || proposed == t[i].proposed), "%s",
		   t[i].text);
	}
	return tap_done();
}
