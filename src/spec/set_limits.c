/* How the options are read that limit a sandbox. May only write into the spec. */
#include "setters.h"

const char *set_memory(struct spec *spec, const char *value)
{
	return limits_memory(&spec->run.limits, value);
}

const char *set_pids(struct spec *spec, const char *value)
{
	return limits_pids(&spec->run.limits, value);
}

const char *set_cpus(struct spec *spec, const char *value)
{
	return limits_cpus(&spec->run.limits, value);
}

const char *set_time_limit(struct spec *spec, const char *value)
{
	return limits_time(&spec->run.limits, value);
}

const char *set_rlimit(struct spec *spec, const char *value)
{
	return limits_rlimit(&spec->run.limits, value);
}
