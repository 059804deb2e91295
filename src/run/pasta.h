/* pasta.h - run pasta(1) of the passt project for one sandbox, and let it outlive nobody. */
#ifndef RUN_PASTA_H
#define RUN_PASTA_H

#include "network.h"

/* Start it for the network namespace of pid and return when it is ready. Fills in *network. Returns
 * 0, or -errno after saying why. */
int pasta_start(struct network *network, const struct spec_net *net, pid_t pid);

#endif
