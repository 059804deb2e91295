/* say.h - one line on stderr: wish, object, reason, fix. */
#ifndef NET_SAY_H
#define NET_SAY_H

/* "cradle-net: ..." in one write(2), so that lines of several programs don't mix. */
__attribute__((format(printf, 1, 2))) void say(const char *fmt, ...);

/* The wish is "cannot ..."; words (the kernel's own, may be empty) come before the errno's text;
 * fix may be NULL. Returns err. */
__attribute__((format(printf, 4, 5))) int say_errno(int err, const char *words, const char *fix,
						    const char *wish, ...);

#endif
