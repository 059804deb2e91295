/* The kernel command line, mounts and channels. */
#include "channel.h"
#include "front.h"
#include "mountspec.h"
#include "tap.h"
#include "util.h"

#include <stdlib.h>
#include <string.h>

/* Words as "name" or "name=value" joined by '|', as lib/cmdline.c: next_arg() cuts them. */
static const struct {
	const char *line, *want;
} lines[] = {
	{ "", "" },
	{ "  a  b ", "a|b" },
	{ "a=1 b.c=2", "a=1|b.c=2" },
	{ "a=\"x y\" b", "a=x y|b" },
	{ "\"a=x y\" b", "a=x y|b" },
	{ "\"q w\"", "q w" },
	{ "a=b=c", "a=b=c" },
	{ "-- /agent \"q w\" A=B", "--|/agent|q w|A=B" },
	{ "a=\"", "a=" },
	{ "\"open", "open" },
	{ "a\tb\n", "a|b" },
};

static void test_lines(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char line[128], got[128] = "";
		char *cursor = strcpy(line, lines[i].line), *name, *value;

		while (cmdline_next(&cursor, &name, &value)) {
			if (*got)
				strcat(got, "|");
			strcat(got, name);
			if (value)
				strcat(strcat(got, "="), value);
		}
		tap_ok(!strcmp(got, lines[i].want), "the kernel line [%s] is cut into %s",
		       lines[i].line, lines[i].want);
	}
}

static const struct {
	const char *line;
	int err;
	const char *hostname;
} cmdlines[] = {
	{ "quiet cradle.hostname=h foo -- /agent a", 0, "h" },
	{ "cradle.hostname=a cradle.hostname=b", 0, "b" },
	{ "-- cradle.hostname=h", 0, NULL },
	{ "cradle.nosuch=1 -- x", 0, NULL },
	{ "cradle.grace=never cradle.hostname=h -- x", -22, "h" },
	{ "cradle.hostname", -22, NULL },
	{ "cradle.root=/x", 0, NULL },
	{ "cradle.on_failure=exit cradle.hostname=u", 0, "u" },
};

static void test_cmdlines(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cmdlines); i++) {
		struct spec spec = { .verb = VERB_INIT };
		char line[128];
		int err = from_cmdline(&spec, strcpy(line, cmdlines[i].line));
		const char *got = spec.enter.hostname, *want = cmdlines[i].hostname;

		tap_ok(err == cmdlines[i].err && (got && want ? !strcmp(got, want) : got == want),
		       "the kernel line [%s] gives the host name %s, error %d", cmdlines[i].line,
		       want ? want : "nothing", cmdlines[i].err);
	}
}

/* argv after the program's name, joined by '|'; what the kernel makes of the line
 * (init/main.c: unknown_bootoption, set_init_arg). */
static const struct {
	const char *line, *argv;
	int bare;
} bare_words[] = {
	{ "quiet foo x.y=1 -- /agent --flag", "foo|/agent|--flag", 1 },
	{ "quiet -- /agent", "/agent", 0 },
	{ "foo bar", "foo|bar", 2 },
	{ "quiet", "", 0 },
	{ "-- /agent \"q w\" A=B", "/agent|q w|A=B", 0 },
	{ "-- /agent -- lost", "/agent", 0 },
	{ "rdinit=/wrapper -- x", "--|/agent|y", -22 },
	{ "rdinit=/wrapper foo", "--|/agent", -22 },
	{ "foo -- foo", "foo|foo", 1 },
	{ "foo -- /agent", "foo|/agent|more", -22 },
};

static void test_bare_words(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(bare_words); i++) {
		char line[128], words[128], *argv[8];
		int argc = 0, got;

		for (char *word = strtok(strcpy(words, bare_words[i].argv), "|"); word;
		     word = strtok(NULL, "|"))
			argv[argc++] = word;
		got = cmdline_bare_words(strcpy(line, bare_words[i].line), argc, argv);
		tap_ok(got == bare_words[i].bare, "of [%s], %d words of argv %s are the kernel's",
		       bare_words[i].line, bare_words[i].bare, bare_words[i].argv);
	}
}

static const struct {
	const char *value;
	const char *source, *target, *type, *options; /* source NULL: refused */
	bool nofail;
} mounts[] = {
	{ "/a:/b", "/a", "/b", "bind", "", false },
	{ "tmpfs:/b", "tmpfs", "/b", "tmpfs", "", false },
	{ "/dev/vda:/b:ext4", "/dev/vda", "/b", "ext4", "", false },
	{ "/dev/vda:/b:ext4:ro,nofail", "/dev/vda", "/b", "ext4", "ro", true },
	{ "o:/b:overlay:nofail,lowerdir=/x:/y", "o", "/b", "overlay", "lowerdir=/x:/y", true },
	{ "/dev/vda:/b", NULL, NULL, NULL, NULL, false },
	{ "/a", NULL, NULL, NULL, NULL, false },
	{ "/a:b", NULL, NULL, NULL, NULL, false },
	{ ":/b", NULL, NULL, NULL, NULL, false },
	{ "", NULL, NULL, NULL, NULL, false },
};

static void test_mounts(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		struct spec_mount got = { 0 };
		const char *wrong = mountspec_parse(&got, mounts[i].value);

		if (!mounts[i].source)
			tap_ok(wrong, "the mount \"%s\" is refused", mounts[i].value);
		else
			tap_ok(!wrong && !strcmp(got.source, mounts[i].source) &&
				       !strcmp(got.target, mounts[i].target) &&
				       !strcmp(got.type, mounts[i].type) &&
				       !strcmp(got.options, mounts[i].options) &&
				       got.nofail == mounts[i].nofail,
			       "the mount \"%s\" is read", mounts[i].value);
		/* The one copy that a mount's strings point into. */
		if (!wrong)
			free((char *)got.source);
	}
}

static const struct {
	const char *value;
	bool good;
	enum report_kind kind;
	int fd;
	unsigned cid, port;
} channels[] = {
	{ "fd:7", true, REPORT_FD, 7, 0, 0 },
	{ "fd:", false, 0, 0, 0, 0 },
	{ "fd:x", false, 0, 0, 0, 0 },
	{ "file:/x", true, REPORT_FILE, -1, 0, 0 },
	{ "file:", false, 0, 0, 0, 0 },
	{ "kmsg", true, REPORT_KMSG, -1, 0, 0 },
	{ "kmsgs", false, 0, 0, 0, 0 },
	{ "vsock:5000", true, REPORT_VSOCK, -1, 2, 5000 },
	{ "vsock:1:5000", true, REPORT_VSOCK, -1, 1, 5000 },
	{ "vsock:1:", false, 0, 0, 0, 0 },
	{ "virtio:x.y", true, REPORT_VIRTIO, -1, 0, 0 },
	{ "isa-debug-exit", true, REPORT_ISA_DEBUG_EXIT, -1, 0, 0xf4 },
	{ "isa-debug-exit:0x501", true, REPORT_ISA_DEBUG_EXIT, -1, 0, 0x501 },
	{ "isa-debug-exit:0x", false, 0, 0, 0, 0 },
	{ "isa-debug-exit:0x12345", false, 0, 0, 0, 0 },
	{ "", false, 0, 0, 0, 0 },
};

static void test_channels(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(channels); i++) {
		struct spec_report got;
		const char *wrong = channel_parse(&got, channels[i].value);

		tap_ok(!wrong == channels[i].good &&
			       (wrong ||
				(got.kind == channels[i].kind && got.fd == channels[i].fd &&
				 got.cid == channels[i].cid && got.port == channels[i].port)),
		       "the channel \"%s\" is %s", channels[i].value,
		       channels[i].good ? "read" : "refused");
	}
}

int main(void)
{
	test_lines();
	test_cmdlines();
	test_bare_words();
	test_mounts();
	test_channels();
	return tap_done();
}
