/* idmap.h - which ids a user namespace has. */
#ifndef STAGE_IDMAP_H
#define STAGE_IDMAP_H

#include "spec.h"

/* Map one id each, which needs nobody's help. pid: whose user namespace; 0: ours, and the files
 * stay open. uid, gid: the caller's outside. Returns 0, or -errno after saying why. */
int idmap_single(pid_t pid, const struct spec_ids *ids, unsigned uid, unsigned gid);

/* True if nothing but one id each is asked for. */
bool idmap_is_single(const struct spec_ids *ids);

/* True if somebody inside can be the user who is root outside, once the launcher completed the
 * maps. */
bool idmap_reaches_root(const struct spec_ids *ids);

/* True if there is such a group inside. gid: the caller's outside. */
bool idmap_has_gid(const struct spec_run *run, unsigned gid, unsigned wanted);

#endif
