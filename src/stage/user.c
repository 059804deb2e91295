/* May read /etc/passwd and /etc/group, and nothing else. Runs before the agent is forked. */
#include "user.h"

#include "idmap.h"
#include "idranges.h"
#include "log.h"
#include "tree.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char no_maps[] = "expected them mapped: --map-auto, --map-gid";

/* A word of a list, which may be a number. */
struct word {
	char name[64];
	uint64_t id;
	bool number;
};

static bool cut_word(struct word *word, const char *text, size_t len)
{
	if (len >= sizeof(word->name))
		return false;
	memcpy(word->name, text, len);
	word->name[len] = '\0';
	word->number = util_number(word->name, UINT32_MAX - 1, &word->id);
	return true;
}

/* Lines that begin so say what NIS is to be asked for; fgetpwent(3) makes uid 0 of them. */
static bool is_of_nis(const char *name)
{
	return *name == '+' || *name == '-';
}

/* A name goes before a number, as in chown(1). NULL: there is none. */
static const struct passwd *find_user(const struct word *word, FILE *passwd)
{
	const struct passwd *entry;

	for (int pass = 0; passwd && pass <= word->number; pass++) {
		rewind(passwd);
		while ((entry = fgetpwent(passwd))) {
			if (!is_of_nis(entry->pw_name) &&
			    (pass ? entry->pw_uid == word->id
				  : !strcmp(entry->pw_name, word->name)))
				return entry;
		}
	}
	return NULL;
}

static int find_group(const struct word *word, FILE *group, unsigned *gid)
{
	const struct group *entry;

	if (group)
		rewind(group);
	while (group && (entry = fgetgrent(group))) {
		if (strcmp(entry->gr_name, word->name))
			continue;
		*gid = entry->gr_gid;
		return 0;
	}
	*gid = (unsigned)word->id;
	if (word->number)
		return 0;
	log_error("there is no group %s in the agent's /etc/group: expected one of it, or a number",
		  word->name);
	return -ENOENT;
}

static int add_group(struct spec_user *user, unsigned gid)
{
	if (user->ngroups == WALL_GROUPS) {
		log_error("%s is in more than %d groups of the agent's /etc/group: expected "
			  "--groups with those that it needs",
			  user->user, WALL_GROUPS);
		return -E2BIG;
	}
	user->group[user->ngroups++] = gid;
	return 0;
}

static bool is_member(const struct group *entry, const char *name)
{
	for (char **member = entry->gr_mem; *member; member++) {
		if (!strcmp(*member, name))
			return true;
	}
	return false;
}

static int read_membership(struct spec_user *user, const char *name, FILE *group)
{
	const struct group *entry;
	int err = 0;

	if (group)
		rewind(group);
	while (!err && group && (entry = fgetgrent(group))) {
		if (entry->gr_gid != user->gid && is_member(entry, name))
			err = add_group(user, entry->gr_gid);
	}
	return err;
}

static int read_groups(struct spec_user *user, FILE *group)
{
	const char *at = user->groups;
	int err = 0;

	while (!err && *at) {
		size_t len = strcspn(at, ",");
		struct word word;
		unsigned gid;

		if (!cut_word(&word, at, len)) {
			log_error("--groups: %.*s is no name of a group", (int)len, at);
			return -EINVAL;
		}
		err = find_group(&word, group, &gid);
		if (!err)
			err = add_group(user, gid);
		at += len + (at[len] == ',');
	}
	return err;
}

static int no_user(const struct word *word)
{
	if (word->number)
		log_error("--user=%s: the agent's /etc/passwd doesn't tell its group: expected "
			  "%s:GID",
			  word->name, word->name);
	else
		log_error("there is no user %s in the agent's /etc/passwd: expected one of it, or "
			  "UID:GID",
			  word->name);
	return -ENOENT;
}

/* To setresuid(2) this id means to stay who one is, which may be root. */
static int check_ids(const struct spec_user *user)
{
	if (user->uid != UINT32_MAX && user->gid != UINT32_MAX)
		return 0;
	log_error("--user=%s: the agent's /etc/passwd or /etc/group gives it the id %u, which is "
		  "nobody's: expected 0 to %u",
		  user->user, UINT32_MAX, UINT32_MAX - 1);
	return -EINVAL;
}

static int read_user(struct spec_user *user, FILE *passwd, FILE *group)
{
	const char *colon = strchr(user->user, ':');
	size_t len = strcspn(user->user, ":");
	const struct passwd *entry;
	struct word who, whose;
	int err = 0;

	if (!cut_word(&who, user->user, len) ||
	    (colon && !cut_word(&whose, colon + 1, strlen(colon + 1)))) {
		log_error("--user=%s: expected shorter names", user->user);
		return -EINVAL;
	}
	entry = find_user(&who, passwd);
	if (!entry && !(who.number && colon))
		return no_user(&who);
	user->uid = entry ? entry->pw_uid : (unsigned)who.id;
	user->home = entry && *entry->pw_dir ? strdup(entry->pw_dir) : NULL;
	if (colon)
		err = find_group(&whose, group, &user->gid);
	else
		user->gid = entry->pw_gid;
	if (!err)
		err = check_ids(user);
	/* Who names the group means that one alone, as for container runtimes. */
	if (!err && !colon && !user->groups)
		err = read_membership(user, entry->pw_name, group);
	return err;
}

int user_read(struct spec_user *user, FILE *passwd, FILE *group)
{
	int err = 0;

	user->ngroups = 0;
	if (user->user)
		err = read_user(user, passwd, group);
	return err || !user->groups ? err : read_groups(user, group);
}

static FILE *open_in(int root, const char *path)
{
	int fd = tree_open(root, path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (fd >= 0 && !file)
		(void)close(fd);
	return file;
}

/* Links in it lead nowhere else. */
static int find_in(struct spec_user *user, const char *dir)
{
	int root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	FILE *passwd = open_in(root, "etc/passwd"), *group = open_in(root, "etc/group");
	int err = user_read(user, passwd, group);

	if (passwd)
		(void)fclose(passwd);
	if (group)
		(void)fclose(group);
	if (root >= 0)
		(void)close(root);
	return err;
}

static void take(struct spec_ids *ids, const struct spec_user *user)
{
	if (!user->user)
		return;
	ids->uid = user->uid;
	ids->gid = user->gid;
	ids->uid_given = ids->gid_given = true;
}

/* Each as itself, once. */
static bool map_same(struct idmap *maps, unsigned *n, unsigned id)
{
	return idranges_find(maps, *n, IDRANGES_INSIDE, id) || idranges_add(maps, n, id, id, 1);
}

static int map_found(struct spec_run *run, const struct spec_user *user)
{
	struct spec_ids *ids = &run->ids;
	bool room = map_same(ids->uid_map, &ids->nuid_maps, run->uid) &&
		    map_same(ids->gid_map, &ids->ngid_maps, run->gid);

	if (user->user)
		room = room && map_same(ids->uid_map, &ids->nuid_maps, user->uid) &&
		       map_same(ids->gid_map, &ids->ngid_maps, user->gid);
	for (unsigned i = 0; i < user->ngroups && room; i++)
		room = map_same(ids->gid_map, &ids->ngid_maps, user->group[i]);
	return room ? 0 : log_errno(-E2BIG, "cannot map the ids of %s", user->user);
}

/* user_namespaces(7): who may map but his own ids has to give up setgroups(2) for that. */
int user_outside(struct spec_run *run)
{
	struct spec_user *user = run->confine.user;
	bool own = run->ns.unshare >> NS_USER & 1, single = own && idmap_is_single(&run->ids);
	int err = find_in(user, run->plan.root == ROOT_DIR ? run->plan.dir : "/");

	if (err)
		return err;
	take(&run->ids, user);
	user->sets_groups = !single || run->uid == 0;
	if (user->sets_groups)
		return single ? map_found(run, user) : 0;
	if (!user->groups)
		return 0;
	log_error("--groups: only the caller's own ids are there inside: %s", no_maps);
	return -EINVAL;
}

static bool is_same(const struct spec_user *a, const struct spec_user *b)
{
	return (!a->user || (a->uid == b->uid && a->gid == b->gid)) && a->ngroups == b->ngroups &&
	       !memcmp(a->group, b->group, a->ngroups * sizeof(*a->group));
}

int user_inside(struct spec *spec)
{
	struct spec_user *user = spec->run.confine.user, found = *user;
	int err = find_in(&found, "/");

	if (err)
		return err;
	if (spec->verb == VERB_RUN && !is_same(user, &found)) {
		log_error("--user and --groups: the files of the sandbox's root say otherwise than "
			  "those it was made from: expected numbers");
		return -EINVAL;
	}
	found.sets_groups = spec->verb == VERB_INIT || user->sets_groups;
	*user = found;
	take(&spec->run.ids, user);
	/* A change of uid makes a process undumpable with all that share its memory. */
	spec->core.flags &= ~(unsigned)CRADLE_SHARE_MEMORY;
	return 0;
}
