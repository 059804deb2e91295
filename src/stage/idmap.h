/* idmap.h - which ids a user namespace has. */
#ifndef STAGE_IDMAP_H
#define STAGE_IDMAP_H

#include "spec.h"

/* Map one id each, which needs nobody's help. pid: whose user namespace; 0: ours, and the files
 * stay open. uid, gid: the caller's outside. Returns 0, or -errno after saying why. */
int idmap_single(pid_t pid, const struct spec_ids *ids, unsigned uid, unsigned gid);

/* True if nothing but one id each is asked for. */
bool idmap_is_single(const struct spec_ids *ids);

#endif
