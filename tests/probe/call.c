/* System calls by number, as filters see them. */
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARGS = 6, X32_BIT = 0x40000000 };

static void read_args(long args[ARGS], int argc, char **argv)
{
	for (int i = 0; i < ARGS && i + 1 < argc; i++)
		args[i] = (long)strtoull(argv[i + 1], NULL, 0);
}

static int tell(const char *how, const char *number_word, long result)
{
	say("%s %s = %ld", how, number_word, result);
	return 0;
}

/* call NR [ARG]...: 0 and up, or the negative errno. */
int verb_call(int argc, char **argv)
{
	long args[ARGS] = { 0 }, result;

	read_args(args, argc, argv);
	result = syscall(strtol(argv[0], NULL, 0), args[0], args[1], args[2], args[3], args[4],
			 args[5]);
	return tell("call", argv[0], result < 0 ? -errno : result);
}

/* call-range FIRST LAST: which of them don't give ENOSYS, without arguments. */
int verb_call_range(int argc, char **argv)
{
	long last = strtol(argv[1], NULL, 0), others = 0;

	(void)argc;
	for (long nr = strtol(argv[0], NULL, 0); nr <= last; nr++) {
		long result = syscall(nr, 0L, 0L, 0L, 0L, 0L, 0L);

		if (result == -1 && errno == ENOSYS)
			continue;
		others++;
		say("call %ld = %ld", nr, result < 0 ? -errno : result);
	}
	say("call-range %s %s: %ld others", argv[0], argv[1], others);
	return 0;
}

/* call-x32 NR [ARG]...: with x32's numbers. */
int verb_call_x32(int argc, char **argv)
{
	long args[ARGS] = { 0 }, result;

	read_args(args, argc, argv);
	result = syscall(strtol(argv[0], NULL, 0) | X32_BIT, args[0], args[1], args[2], args[3],
			 args[4], args[5]);
	return tell("call-x32", argv[0], result < 0 ? -errno : result);
}

/* By int 0x80, with i386's numbers: the kernel takes five arguments from there. */
int verb_call_i386(int argc, char **argv)
{
#ifdef __x86_64__
	long args[ARGS] = { 0 };
	int result;

	read_args(args, argc, argv);
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"((int)strtol(argv[0], NULL, 0)), "b"(args[0]), "c"(args[1]),
			   "d"(args[2]), "S"(args[3]), "D"(args[4])
			 : "memory", "r8", "r9", "r10", "r11");
	return tell("call-i386", argv[0], result);
#else
	(void)argc;
	errno = ENOSYS;
	trouble("%s: this architecture has no int 0x80", argv[0]);
#endif
}
