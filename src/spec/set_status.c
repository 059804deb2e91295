/* How the options are read by which a caller follows and steers a sandbox. May only write into the
 * spec. */
#include "setters.h"

#include "best_effort.h"
#include "log.h"

#include <string.h>

const char *set_lock_file(struct spec *spec, const char *value)
{
	struct spec_status *status = &spec->run.status;

	if (status->nlocks == SANDBOX_LOCKS)
		return "expected at most 16 locks";
	status->lock[status->nlocks++] = value;
	return NULL;
}

const char *set_sync_fd(struct spec *spec, const char *value)
{
	struct spec_status *status = &spec->run.status;
	const char *wrong;

	if (status->nsync == SANDBOX_LOCKS)
		return "expected at most 16 descriptors";
	wrong = set_fd(&status->sync_fd[status->nsync], value);
	if (!wrong)
		status->nsync++;
	return wrong;
}

const char *set_block_fd(struct spec *spec, const char *value)
{
	return set_fd(&spec->run.status.block_fd, value);
}

const char *set_userns_block_fd(struct spec *spec, const char *value)
{
	return set_fd(&spec->run.status.userns_block_fd, value);
}

const char *set_info_fd(struct spec *spec, const char *value)
{
	return set_fd(&spec->run.status.info_fd, value);
}

const char *set_json_status_fd(struct spec *spec, const char *value)
{
	return set_fd(&spec->run.status.json_fd, value);
}

const char *set_name(struct spec *spec, const char *value)
{
	static const char expected[] =
		"expected a name of 1 to 64 characters without blanks and slashes";

	if (!*value || *value == '.' || strlen(value) > 64)
		return expected;
	for (const char *c = value; *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == '/' || *c == 0x7f)
			return expected;
	}
	spec->run.name = value;
	return NULL;
}

const char *set_best_effort(struct spec *spec, const char *value)
{
	return best_effort_parse(&spec->run.best_effort, value);
}

const char *set_best_effort_init(struct spec *spec, const char *value)
{
	if (strcmp(value, "landlock"))
		return "expected landlock";
	return set_best_effort(spec, value);
}

/* From here on, as bwrap does: what is wrong with a later option is marked, too. */
const char *set_level_prefix(struct spec *spec, const char *value)
{
	bool on;
	const char *wrong = set_bool(&on, value);

	(void)spec;
	if (!wrong)
		log_mark_levels(on);
	return wrong;
}

const char *set_dry_run(struct spec *spec, const char *value)
{
	return set_bool(&spec->run.dry_run, value);
}
