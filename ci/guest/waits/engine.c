// SPDX-License-Identifier: GPL-2.0-only
/* The engines of the GPU, and hangcheck, which resets an engine that does not get on. */
#include <i915_drm.h>
#include <stdio.h>

#include <errno.h>

#include "waits.h"

#define HANGCHECK	"/sys/kernel/debug/dri/0/i915_params/enable_hangcheck"
#define OLD_HANGCHECK	"/sys/module/i915/parameters/enable_hangcheck"	/* before 5.9 */
#define WEDGED		"/sys/kernel/debug/dri/0/i915_wedged"
#define HEARTBEAT	CARD "/engine/bcs0/heartbeat_interval_ms"

const struct engine engines[ENGINES] = {
	[RENDER] = { "render", I915_EXEC_RENDER, 0 },
	[BLITTER] = { "blitter", I915_EXEC_BLT, I915_PARAM_HAS_BLT },
	{ "video", I915_EXEC_BSD, I915_PARAM_HAS_BSD },
	{ "enhance", I915_EXEC_VEBOX, I915_PARAM_HAS_VEBOX },
};

bool engine_there(int fd, unsigned int e)
{
	int value = 0;
	struct drm_i915_getparam arg = {
		.param = engines[e].param,
		.value = &value,
	};

	if (!engines[e].param)
		return true;
	return !gem_ioctl(fd, DRM_IOCTL_I915_GETPARAM, &arg) && value;
}

int hangcheck(bool on)
{
	int err = sys_write(HANGCHECK, on ? "1" : "0");

	return err == -ENOENT ? sys_write(OLD_HANGCHECK, on ? "1" : "0") : err;
}

int gpu_reset(void)
{
	return sys_write(WEDGED, "15");
}

int heartbeat(unsigned int ms)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", ms);
	return sys_write(HEARTBEAT, text);
}
