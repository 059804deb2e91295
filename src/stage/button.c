/* Power buttons through evdev: ACPI's, gpio-keys', a keyboard's. */
#include "button.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEVICES_MAX = 32 };

static bool has_power_key(int fd)
{
	unsigned char keys[KEY_MAX / 8 + 1] = { 0 };

	return ioctl(fd, EVIOCGBIT(EV_KEY, sizeof(keys)), keys) >= 0 &&
	       (keys[KEY_POWER / 8] >> (KEY_POWER % 8) & 1);
}

static int pressed(int fd)
{
	struct input_event event;
	ssize_t n = read(fd, &event, sizeof(event));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? CRADLE_REQUEST_NONE : -errno;
	if (n != sizeof(event))
		return -EIO;
	return event.type == EV_KEY && event.code == KEY_POWER && event.value == 1
		       ? CRADLE_REQUEST_POWER_OFF
		       : CRADLE_REQUEST_NONE;
}

unsigned button_open(struct cradle_watch *watch, unsigned max)
{
	char path[32];
	unsigned n = 0;

	for (int i = 0; i < DEVICES_MAX && n < max; i++) {
		int fd;

		(void)snprintf(path, sizeof(path), "/dev/input/event%d", i);
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
		if (fd < 0)
			continue;
		if (has_power_key(fd))
			watch[n++] = (struct cradle_watch){ fd, pressed };
		else
			(void)close(fd);
	}
	return n;
}
