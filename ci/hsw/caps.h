/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The version data of vfio-user: which capabilities the client proposes. A server
 * may answer with those only.
 */
#ifndef HSW_CAPS_H
#define HSW_CAPS_H

#include "types.h"

/*
 * text is the JSON object that came with VERSION, with its NUL. For each of the n
 * (at most 32) names that is a member of its member "capabilities", sets the bit in
 * *proposed. 0, or -EINVAL: text is no JSON object.
 */
int caps_proposed(const char *text, const char *const *names, unsigned int n,
		  uint32_t *proposed);

#endif
