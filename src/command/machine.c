/* Links to cradle, so that whoever calls the system's command is heard. shutdown is the one that
 * guest agents of hypervisors call: shutdown -h -P +0 MESSAGE. */
#include "machine.h"

#include "end.h"
#include "log.h"
#include "shutdown.h"
#include "tell.h"
#include "util.h"

#include <errno.h>
#include <string.h>

static const char *const names[] = {
	[CRADLE_POWER_OFF] = "poweroff", [CRADLE_REBOOT] = "reboot", [CRADLE_HALT] = "halt"
};

static int shut_down(enum cradle_how how, bool force)
{
	int err = force ? end_machine(how) : shutdown_ask(how);

	if (!err)
		return 0;
	if (force)
		(void)log_errno(err, "cannot do %s by reboot(2)", names[how]);
	else
		(void)log_errno(err, "cannot ask PID 1 for %s%s", names[how],
				err == -ESRCH ? " (it is no cradle; -f does it directly)" : "");
	return CRADLE_EXIT_FAILURE;
}

static int direct_command(enum cradle_how how, const char *option)
{
	bool force = option && (!strcmp(option, "-f") || !strcmp(option, "--force"));

	if (option && !force) {
		log_error("unknown option %s: expected none or -f", option);
		return CRADLE_EXIT_FAILURE;
	}
	return shut_down(how, force);
}

/* Joined letters, too. -h is to power off unless another says otherwise, as in shutdown(8). */
static bool read_shutdown_option(const char *option, enum cradle_how *how)
{
	static const char letters[] = {
		[CRADLE_POWER_OFF] = 'P', [CRADLE_REBOOT] = 'r', [CRADLE_HALT] = 'H'
	};
	const char *word = util_after(option, "--");

	for (size_t i = 0; word && i < ARRAY_SIZE(names); i++) {
		if (!strcmp(word, names[i])) {
			*how = (enum cradle_how)i;
			return true;
		}
	}
	for (const char *c = option + 1; *c; c++) {
		const char *at = memchr(letters, *c, sizeof(letters));

		if (at)
			*how = (enum cradle_how)(at - letters);
		else if (*c != 'h')
			return false;
	}
	return option[1] != '\0';
}

/* shutdown OPTION... now|+0 [MESSAGE...]: nobody is logged in to whom the message could go. */
static int shutdown_command(int argc, char **argv)
{
	enum cradle_how how = CRADLE_POWER_OFF;
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (read_shutdown_option(argv[i], &how))
			continue;
		log_error("unknown option %s: expected -h, -P, -H or -r", argv[i]);
		return CRADLE_EXIT_FAILURE;
	}
	if (i < argc && (!strcmp(argv[i], "now") || !strcmp(argv[i], "+0")))
		return shut_down(how, false);
	log_error("cannot shut down at %s: expected now or +0", i < argc ? argv[i] : "no time");
	return CRADLE_EXIT_FAILURE;
}

int machine_command(int argc, char **argv)
{
	const char *name = util_basename(argc ? argv[0] : "");
	const char *option = argc > 1 ? argv[1] : NULL;
	int done;

	if (!strcmp(name, "shutdown")) {
		/* Whose -h means something else than ours. */
		done = option && util_after(option, "--") ? tell(0, option) : -1;
		return done >= 0 ? done : shutdown_command(argc, argv);
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(name, names[i]))
			continue;
		done = tell(0, option);
		return done >= 0 ? done : direct_command((enum cradle_how)i, option);
	}
	return -1;
}
