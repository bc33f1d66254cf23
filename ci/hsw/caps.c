// SPDX-License-Identifier: GPL-2.0-only
/*
 * Just enough of JSON (RFC 8259) to see which members an object has, see caps.h.
 * Values are checked for their form and stepped over.
 */
#include <errno.h>
#include <string.h>

#include "caps.h"

#define MAX_DEPTH	16		/* of objects and arrays in each other */

struct scan {
	const char *p;
	const char *const *names;
	unsigned int n;
	uint32_t proposed;
	unsigned int depth;
	bool in_caps;			/* inside of "capabilities" */
};

static bool value(struct scan *s);

static void space(struct scan *s)
{
	s->p += strspn(s->p, " \t\r\n");
}

static bool take(struct scan *s, char c)
{
	space(s);
	if (*s->p != c)
		return false;
	s->p++;
	return true;
}

static bool word(struct scan *s, const char *w)
{
	size_t len = strlen(w);

	if (strncmp(s->p, w, len))
		return false;
	s->p += len;
	return true;
}

/* The text between the quotes is in *first, *len, escapes and all. */
static bool string(struct scan *s, const char **first, size_t *len)
{
	if (!take(s, '"'))
		return false;
	*first = s->p;
	for (; *s->p != '"'; s->p++) {
		if ((unsigned char)*s->p < ' ')
			return false;
		if (*s->p != '\\')
			continue;
		s->p++;
		if (*s->p == 'u') {
			if (strspn(s->p + 1, "0123456789abcdefABCDEF") < 4)
				return false;
			s->p += 4;
		} else if (!*s->p || !strchr("\"\\/bfnrt", *s->p)) {
			return false;
		}
	}
	*len = s->p - *first;
	s->p++;
	return true;
}

static size_t digits(struct scan *s)
{
	size_t n = strspn(s->p, "0123456789");

	s->p += n;
	return n;
}

static bool number(struct scan *s)
{
	if (*s->p == '-')
		s->p++;
	if (*s->p == '0')
		s->p++;
	else if (!digits(s))
		return false;
	if (*s->p == '.') {
		s->p++;
		if (!digits(s))
			return false;
	}
	if (*s->p == 'e' || *s->p == 'E') {
		s->p++;
		if (*s->p == '+' || *s->p == '-')
			s->p++;
		if (!digits(s))
			return false;
	}
	return true;
}

static void found(struct scan *s, const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < s->n; i++)
		if (strlen(s->names[i]) == len && !memcmp(s->names[i], name, len))
			s->proposed |= 1u << i;
}

static bool member(struct scan *s)
{
	static const char caps[] = "capabilities";
	const char *name;
	bool good, enter;
	size_t len;

	if (!string(s, &name, &len) || !take(s, ':'))
		return false;
	if (s->in_caps && s->depth == 2)
		found(s, name, len);
	space(s);
	enter = s->depth == 1 && len == strlen(caps) &&
		!memcmp(name, caps, len) && *s->p == '{';
	s->in_caps |= enter;
	good = value(s);
	if (enter)
		s->in_caps = false;
	return good;
}

static bool list(struct scan *s, char end, bool (*item)(struct scan *s))
{
	if (++s->depth > MAX_DEPTH)
		return false;
	if (!take(s, end)) {
		do {
			if (!item(s))
				return false;
		} while (take(s, ','));
		if (!take(s, end))
			return false;
	}
	s->depth--;
	return true;
}

static bool value(struct scan *s)
{
	const char *text;
	size_t len;

	if (take(s, '{'))
		return list(s, '}', member);
	if (take(s, '['))
		return list(s, ']', value);
	switch (*s->p) {		/* behind the space */
	case '"':
		return string(s, &text, &len);
	case 't':
		return word(s, "true");
	case 'f':
		return word(s, "false");
	case 'n':
		return word(s, "null");
	default:
		return number(s);
	}
}

int caps_proposed(const char *text, const char *const *names, unsigned int n,
		  uint32_t *proposed)
{
	struct scan s = { .p = text, .names = names, .n = n };

	space(&s);
	if (*s.p != '{' || !value(&s))
		return -EINVAL;
	space(&s);
	if (*s.p)
		return -EINVAL;
	*proposed = s.proposed;
	return 0;
}
