/* How a sanitized cradle behaves; linked into that one alone. Not by the environment: the agent
 * would have it too, and the tests look at what it has.
 *
 * LeakSanitizer stops its process by ptrace(2) from a clone, at exit. In cradle that can last for
 * ever: a SIGCONT, as a stop brings it, undoes the clone's SIGSTOP, and after setns(2) the clone is
 * in another PID namespace. What cradle has on the heap it has as long as it lives; the unit
 * programs, which have the same objects, and cradle-policy are searched for leaks.
 *
 * No exit code of ours is 99, so that a report isn't taken for one. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0:exitcode=99";
}

const char *__ubsan_default_options(void)
{
	return "print_stacktrace=1:exitcode=99";
}
