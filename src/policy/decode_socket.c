/* Socket addresses. May read the process's memory. */
#include "decode_kinds.h"

#include "constants.h"
#include "supervise_memory.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Whatever comes may be cut or made up: each is copied before a member is looked at. */
union address {
	sa_family_t family;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_nl nl;
	struct sockaddr_vm vm;
	struct sockaddr_storage storage;
};

/* An abstract name begins with a NUL and ends where the length says; a path ends with a NUL. */
static void write_unix(FILE *out, const union address *address, size_t len)
{
	size_t n = len - offsetof(struct sockaddr_un, sun_path);
	const char *path = address->un.sun_path;

	if (len <= offsetof(struct sockaddr_un, sun_path)) {
		fputs("unnamed", out);
	} else if (path[0]) {
		decode_quote(out, path, strnlen(path, n));
	} else {
		fputc('@', out);
		decode_quote(out, path + 1, n - 1);
	}
}

static bool write_known(FILE *out, const union address *address, size_t len)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (address->family == AF_INET && len >= sizeof(address->in)) {
		(void)inet_ntop(AF_INET, &address->in.sin_addr, text, sizeof(text));
		fprintf(out, "%s:%u", text, ntohs(address->in.sin_port));
	} else if (address->family == AF_INET6 &&
		   len >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
		(void)inet_ntop(AF_INET6, &address->in6.sin6_addr, text, sizeof(text));
		fprintf(out, "[%s]:%u", text, ntohs(address->in6.sin6_port));
	} else if (address->family == AF_UNIX) {
		write_unix(out, address, len);
	} else if (address->family == AF_NETLINK && len >= sizeof(address->nl)) {
		fprintf(out, "port %u, groups 0x%x", address->nl.nl_pid, address->nl.nl_groups);
	} else if (address->family == AF_VSOCK && len >= sizeof(address->vm)) {
		fprintf(out, "%u:%u", address->vm.svm_cid, address->vm.svm_port);
	} else {
		return false;
	}
	return true;
}

void decode_sockaddr(FILE *out, const void *bytes, size_t len)
{
	union address address = { 0 };
	const char *name;

	if (len > sizeof(address))
		len = sizeof(address);
	memcpy(&address, bytes, len);
	if (len < sizeof(address.family)) {
		fputs("{}", out);
		return;
	}
	name = policy_constant_name("AF_", address.family);
	if (name)
		fprintf(out, "{%s, ", name);
	else
		fprintf(out, "{%u, ", address.family);
	if (!write_known(out, &address, len))
		fputs("...", out);
	fputc('}', out);
}

static void write_address(FILE *out, const struct decode_call *call, uint64_t at, uint64_t len)
{
	char bytes[sizeof(struct sockaddr_storage)];
	ssize_t n = -1;

	if (len > sizeof(bytes))
		len = sizeof(bytes);
	if (at && len)
		n = target_read(call->pid, at, bytes, len);
	if (n < 0)
		decode_pointer(out, at);
	else
		decode_sockaddr(out, bytes, (size_t)n);
}

void decode_address(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		    unsigned arg)
{
	(void)kind;
	write_address(out, call, call->arg[arg], (uint32_t)call->arg[arg + 1]);
}

/* Of sendmsg(2)'s header only the address is of interest: its first two members. */
void decode_msghdr(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		   unsigned arg)
{
	uint32_t narrow[2];
	struct msghdr wide;
	ssize_t size =
		call->narrow ? (ssize_t)sizeof(narrow) : (ssize_t)offsetof(struct msghdr, msg_iov);

	(void)kind;
	if (target_read(call->pid, call->arg[arg], call->narrow ? (void *)narrow : &wide,
			(size_t)size) != size) {
		decode_pointer(out, call->arg[arg]);
		return;
	}
	fputs("{to ", out);
	if (call->narrow)
		write_address(out, call, narrow[0], narrow[1]);
	else
		write_address(out, call, (uintptr_t)wide.msg_name, wide.msg_namelen);
	fputc('}', out);
}
