/* Which world this is. May probe, but changes nothing except Ctrl-Alt-Del in a VM. */
#include "world.h"

#include "sys.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KERNEL_RTMIN = 34 };

const char *world_name(enum world world)
{
	static const char *const names[] = { [WORLD_UNKNOWN] = "unknown",
					     [WORLD_VM] = "vm",
					     [WORLD_CONTAINER] = "container",
					     [WORLD_NAMESPACE] = "namespace" };

	return names[world];
}

/* A namespace of unshare(1) still shows its host's files, so the mark of a container that the host
 * is says nothing of us. One mapped id is unshare's way, and hardly ever a container runtime's. */
static bool has_single_id(void)
{
	static const char count[] = " 1\n";
	char map[128];
	ssize_t n = sys_read_file("/proc/self/uid_map", map, sizeof(map));

	/* "INSIDE OUTSIDE COUNT", one line for each mapping. */
	return n > (ssize_t)strlen(count) && strchr(map, '\n') == map + n - 1 &&
	       !strcmp(map + n - strlen(count), count);
}

/* What the runtimes leave to be known by; `container` is systemd's convention, the files are
 * podman's and Docker's, the last is Kubernetes'. */
static bool in_container(void)
{
	if (getenv("container") || getenv("KUBERNETES_SERVICE_HOST"))
		return true;
	return (access("/run/.containerenv", F_OK) == 0 || access("/.dockerenv", F_OK) == 0) &&
	       !has_single_id();
}

enum world world_detect(void)
{
	return in_container() ? WORLD_CONTAINER : WORLD_NAMESPACE;
}

void world_requests(enum world world, struct cradle_config *config)
{
	bool vm = world == WORLD_VM;

	config->request[SIGTERM] = vm ? CRADLE_REQUEST_POWER_OFF : CRADLE_REQUEST_STOP;
	config->request[SIGPWR] = CRADLE_REQUEST_POWER_OFF;
	config->request[KERNEL_RTMIN + 3] = CRADLE_REQUEST_HALT;
	config->request[KERNEL_RTMIN + 4] = CRADLE_REQUEST_POWER_OFF;
	config->request[KERNEL_RTMIN + 5] = CRADLE_REQUEST_REBOOT;
	if (vm) /* Ctrl-Alt-Del */
		config->request[SIGINT] = CRADLE_REQUEST_REBOOT;
}
