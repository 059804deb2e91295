/* How the options of Landlock are read. May only write into the spec. */
#include "setters.h"

#include "util.h"

#include <string.h>

static const char *add_path(struct spec *spec, const char *path, unsigned use)
{
	if (!*path)
		return "expected a path";
	return landlock_add_path(spec_landlock(&spec->run.confine), path, use, false)
		       ? NULL
		       : "expected at most 256 paths";
}

const char *set_landlock_ro(struct spec *spec, const char *value)
{
	return add_path(spec, value, LANDLOCK_READ);
}

const char *set_landlock_rw(struct spec *spec, const char *value)
{
	return add_path(spec, value, LANDLOCK_READ | LANDLOCK_WRITE);
}

const char *set_landlock_exec(struct spec *spec, const char *value)
{
	return add_path(spec, value, LANDLOCK_READ | LANDLOCK_EXECUTE);
}

static const char *add_port(struct spec *spec, enum landlock_net net, const char *value)
{
	struct landlock_ports *ports = &spec_landlock(&spec->run.confine)->net[net];
	uint64_t port;

	if (strcmp(value, "none")) {
		if (!util_number(value, UINT16_MAX, &port))
			return "expected a port from 0 (any free one) to 65535, or none";
		if (ports->n == LANDLOCK_PORTS)
			return "expected at most 128 ports";
		ports->port[ports->n++] = (uint16_t)port;
	}
	ports->given = true;
	return NULL;
}

const char *set_landlock_tcp_bind(struct spec *spec, const char *value)
{
	return add_port(spec, LANDLOCK_BIND, value);
}

const char *set_landlock_tcp_connect(struct spec *spec, const char *value)
{
	return add_port(spec, LANDLOCK_CONNECT, value);
}

const char *set_landlock_scope(struct spec *spec, const char *value)
{
	unsigned scopes = 0;

	for (;; value++) {
		size_t len = strcspn(value, ",");

		if (len == 8 && !memcmp(value, "abstract", len))
			scopes |= LANDLOCK_ABSTRACT;
		else if (len == 6 && !memcmp(value, "signal", len))
			scopes |= LANDLOCK_SIGNAL;
		else
			return "expected abstract, signal, or both with a comma between them";
		value += len;
		if (!*value)
			break;
	}
	spec_landlock(&spec->run.confine)->scopes |= scopes;
	return NULL;
}

const char *set_backend(struct spec *spec, const char *value)
{
	if (strcmp(value, "namespaces") && strcmp(value, "landlock"))
		return "expected namespaces or landlock";
	spec->run.walled = *value == 'l';
	return NULL;
}
