/* number.h - which process a descriptor means. */
#ifndef RUN_NUMBER_H
#define RUN_NUMBER_H

#include <sys/types.h>

/* The number that a pidfd has in our PID namespace, where nobody else gets it while the process
 * isn't reaped; or -ESRCH. */
pid_t number_of_pidfd(int pidfd);

#endif
