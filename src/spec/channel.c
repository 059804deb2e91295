/* fd:N file:PATH kmsg vsock:[CID:]PORT virtio:NAME isa-debug-exit[:IOPORT] */
#include "channel.h"

#include "util.h"

#include <string.h>

#define HOST_CID        2    /* VMADDR_CID_HOST of <linux/vm_sockets.h> */
#define DEBUG_EXIT_PORT 0xf4 /* QEMU's documentation uses it for isa-debug-exit */

static const char expected[] = "expected fd:N, file:PATH, kmsg, vsock:[CID:]PORT, virtio:NAME or "
			       "isa-debug-exit[:IOPORT]";

static bool number(const char *text, uint64_t max, unsigned *value)
{
	uint64_t n;

	if (!util_number(text, max, &n))
		return false;
	*value = (unsigned)n;
	return true;
}

static const char *parse_vsock(struct spec_report *report, const char *value)
{
	const char *colon = strchr(value, ':');
	char cid[16] = "";

	report->kind = REPORT_VSOCK;
	report->cid = HOST_CID;
	if (!colon)
		return number(value, UINT32_MAX, &report->port) ? NULL : expected;
	if ((size_t)(colon - value) >= sizeof(cid))
		return expected;
	memcpy(cid, value, (size_t)(colon - value));
	if (!number(cid, UINT32_MAX, &report->cid) || !number(colon + 1, UINT32_MAX, &report->port))
		return expected;
	return NULL;
}

/* I/O ports are written in hexadecimal everywhere: 0xf4. */
static bool hexadecimal(const char *text, unsigned *value)
{
	static const char digits[] = "0123456789abcdef";
	const char *at;
	unsigned n = 0;

	text = util_after(text, "0x");
	if (!text || !*text)
		return false;
	for (; *text; text++) {
		at = strchr(digits, *text);
		if (!at || n > 0xfff)
			return false;
		n = n * 16 + (unsigned)(at - digits);
	}
	*value = n;
	return true;
}

static const char *parse_debug_exit(struct spec_report *report, const char *value)
{
	report->kind = REPORT_ISA_DEBUG_EXIT;
	report->port = DEBUG_EXIT_PORT;
	if (!*value)
		return NULL;
	if (*value++ != ':')
		return expected;
	return hexadecimal(value, &report->port) || number(value, 0xffff, &report->port) ? NULL
											 : expected;
}

const char *channel_parse(struct spec_report *report, const char *value)
{
	const char *rest;
	unsigned fd;

	*report = (struct spec_report){ .fd = -1 };
	if ((rest = util_after(value, "fd:"))) {
		report->kind = REPORT_FD;
		if (!number(rest, INT32_MAX, &fd))
			return expected;
		report->fd = (int)fd;
		return NULL;
	}
	if ((rest = util_after(value, "file:"))) {
		report->kind = REPORT_FILE;
		report->name = rest;
		return *rest ? NULL : expected;
	}
	if ((rest = util_after(value, "virtio:"))) {
		report->kind = REPORT_VIRTIO;
		report->name = rest;
		return *rest ? NULL : expected;
	}
	if ((rest = util_after(value, "vsock:")))
		return parse_vsock(report, rest);
	if ((rest = util_after(value, "isa-debug-exit")))
		return parse_debug_exit(report, rest);
	report->kind = REPORT_KMSG;
	return strcmp(value, "kmsg") ? expected : NULL;
}
