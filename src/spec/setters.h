/* setters.h - what the table in keys.c calls. Each returns NULL, or what was expected instead of
 * the value; a flag gets "1" or "0". A key of several words gets them all.
 */
#ifndef SPEC_SETTERS_H
#define SPEC_SETTERS_H

#include "keys.h"

/* Shared by setters; in set_init.c and set_sandbox.c. */
const char *set_bool(bool *field, const char *value);
const char *set_fd(int *field, const char *value);

/* set_init.c */
const char *set_subreaper(struct spec *spec, const char *value);
const char *set_pdeathsig(struct spec *spec, const char *value);
const char *set_verbose(struct spec *spec, const char *value);
const char *set_warn_reaped(struct spec *spec, const char *value);
const char *set_group(struct spec *spec, const char *value);
const char *set_target(struct spec *spec, const char *value);
const char *set_success(struct spec *spec, const char *value);
const char *set_rewrite(struct spec *spec, const char *value);
const char *set_reset_signals(struct spec *spec, const char *value);
const char *set_stop_signal(struct spec *spec, const char *value);
const char *set_grace(struct spec *spec, const char *value);
const char *set_deadline(struct spec *spec, const char *value);
const char *set_leftovers(struct spec *spec, const char *value);
const char *set_on_success(struct spec *spec, const char *value);
const char *set_on_failure(struct spec *spec, const char *value);
const char *set_on_reboot(struct spec *spec, const char *value);
const char *set_report(struct spec *spec, const char *value);
const char *set_world(struct spec *spec, const char *value);
const char *set_hostname(struct spec *spec, const char *value);
const char *set_mount(struct spec *spec, const char *value);
const char *set_net(struct spec *spec, const char *value);
const char *set_nofile(struct spec *spec, const char *value);
const char *set_modules(struct spec *spec, const char *value);

/* set_root.c */
const char *set_bind(struct spec *spec, const char *const *word);
const char *set_bind_try(struct spec *spec, const char *const *word);
const char *set_dev_bind(struct spec *spec, const char *const *word);
const char *set_dev_bind_try(struct spec *spec, const char *const *word);
const char *set_ro_bind(struct spec *spec, const char *const *word);
const char *set_ro_bind_try(struct spec *spec, const char *const *word);
const char *set_bind_fd(struct spec *spec, const char *const *word);
const char *set_ro_bind_fd(struct spec *spec, const char *const *word);
const char *set_file(struct spec *spec, const char *const *word);
const char *set_bind_data(struct spec *spec, const char *const *word);
const char *set_ro_bind_data(struct spec *spec, const char *const *word);
const char *set_bind_mapped(struct spec *spec, const char *const *word);
const char *set_remount_ro(struct spec *spec, const char *value);
const char *set_overlay_src(struct spec *spec, const char *value);
const char *set_overlay(struct spec *spec, const char *const *word);
const char *set_tmp_overlay(struct spec *spec, const char *value);
const char *set_ro_overlay(struct spec *spec, const char *value);
const char *set_proc(struct spec *spec, const char *value);
const char *set_dev(struct spec *spec, const char *value);
const char *set_devpts(struct spec *spec, const char *value);
const char *set_sysfs(struct spec *spec, const char *value);
const char *set_cgroupfs(struct spec *spec, const char *value);
const char *set_mqueue(struct spec *spec, const char *value);
const char *set_tmpfs(struct spec *spec, const char *value);
const char *set_dir(struct spec *spec, const char *value);
const char *set_symlink(struct spec *spec, const char *const *word);
const char *set_mask(struct spec *spec, const char *value);
const char *set_perms(struct spec *spec, const char *value);
const char *set_chmod(struct spec *spec, const char *const *word);
const char *set_size(struct spec *spec, const char *value);
const char *set_root(struct spec *spec, const char *value);
const char *set_overlay_tmp_root(struct spec *spec, const char *value);
const char *set_sandbox_mount(struct spec *spec, const char *value);

/* set_namespaces.c */
const char *set_unshare_user(struct spec *spec, const char *value);
const char *set_unshare_user_try(struct spec *spec, const char *value);
const char *set_unshare_pid(struct spec *spec, const char *value);
const char *set_unshare_net(struct spec *spec, const char *value);
const char *set_unshare_ipc(struct spec *spec, const char *value);
const char *set_unshare_uts(struct spec *spec, const char *value);
const char *set_unshare_cgroup(struct spec *spec, const char *value);
const char *set_unshare_cgroup_try(struct spec *spec, const char *value);
const char *set_unshare_time(struct spec *spec, const char *value);
const char *set_unshare_all(struct spec *spec, const char *value);
const char *set_share_user(struct spec *spec, const char *value);
const char *set_share_pid(struct spec *spec, const char *value);
const char *set_share_net(struct spec *spec, const char *value);
const char *set_share_ipc(struct spec *spec, const char *value);
const char *set_share_uts(struct spec *spec, const char *value);
const char *set_share_cgroup(struct spec *spec, const char *value);
const char *set_monotonic(struct spec *spec, const char *value);
const char *set_boottime(struct spec *spec, const char *value);
const char *set_userns(struct spec *spec, const char *value);
const char *set_userns2(struct spec *spec, const char *value);
const char *set_pidns(struct spec *spec, const char *value);
const char *set_disable_userns(struct spec *spec, const char *value);
const char *set_assert_userns_disabled(struct spec *spec, const char *value);
const char *set_join(struct spec *spec, const char *value);

/* set_sandbox.c */
const char *set_uid(struct spec *spec, const char *value);
const char *set_gid(struct spec *spec, const char *value);
const char *set_map_uid(struct spec *spec, const char *value);
const char *set_map_gid(struct spec *spec, const char *value);
const char *set_map_auto(struct spec *spec, const char *value);
const char *set_tty(struct spec *spec, const char *value);
const char *set_new_session(struct spec *spec, const char *value);
const char *set_die_with_parent(struct spec *spec, const char *value);
const char *set_as_pid_1(struct spec *spec, const char *value);
const char *set_keep_keyring(struct spec *spec, const char *value);
const char *set_inherit_fds(struct spec *spec, const char *value);
const char *set_keep_fd(struct spec *spec, const char *value);
const char *set_exec_label(struct spec *spec, const char *value);
const char *set_file_label(struct spec *spec, const char *value);
const char *set_setenv(struct spec *spec, const char *const *word);
const char *set_unsetenv(struct spec *spec, const char *value);
const char *set_clearenv(struct spec *spec, const char *value);
const char *set_chdir(struct spec *spec, const char *value);
const char *set_argv0(struct spec *spec, const char *value);

/* set_seccomp.c */
const char *set_seccomp(struct spec *spec, const char *value);
const char *set_add_seccomp_fd(struct spec *spec, const char *value);
const char *set_seccomp_mode(struct spec *spec, const char *value);
const char *set_explain(struct spec *spec, const char *value);
const char *set_seccomp_listener(struct spec *spec, const char *value);

/* set_wall.c */
const char *set_cap_add(struct spec *spec, const char *value);
const char *set_cap_drop(struct spec *spec, const char *value);
const char *set_cap_keep(struct spec *spec, const char *value);
const char *set_no_new_privs(struct spec *spec, const char *value);
const char *set_user(struct spec *spec, const char *value);
const char *set_groups(struct spec *spec, const char *value);
const char *set_nice(struct spec *spec, const char *value);
const char *set_oom_score_adj(struct spec *spec, const char *value);
const char *set_umask(struct spec *spec, const char *value);

/* set_landlock.c */
const char *set_landlock_ro(struct spec *spec, const char *value);
const char *set_landlock_rw(struct spec *spec, const char *value);
const char *set_landlock_exec(struct spec *spec, const char *value);
const char *set_landlock_tcp_bind(struct spec *spec, const char *value);
const char *set_landlock_tcp_connect(struct spec *spec, const char *value);
const char *set_landlock_scope(struct spec *spec, const char *value);
const char *set_backend(struct spec *spec, const char *value);

/* set_status.c */
const char *set_lock_file(struct spec *spec, const char *value);
const char *set_sync_fd(struct spec *spec, const char *value);
const char *set_block_fd(struct spec *spec, const char *value);
const char *set_userns_block_fd(struct spec *spec, const char *value);
const char *set_info_fd(struct spec *spec, const char *value);
const char *set_json_status_fd(struct spec *spec, const char *value);
const char *set_name(struct spec *spec, const char *value);
const char *set_dry_run(struct spec *spec, const char *value);
const char *set_level_prefix(struct spec *spec, const char *value);
const char *set_best_effort(struct spec *spec, const char *value);
const char *set_best_effort_init(struct spec *spec, const char *value);

/* set_net.c */
const char *set_netmode(struct spec *spec, const char *value);
const char *set_address(struct spec *spec, const char *value);
const char *set_route(struct spec *spec, const char *value);
const char *set_dns(struct spec *spec, const char *value);
const char *set_mtu(struct spec *spec, const char *value);

/* set_limits.c */
const char *set_memory(struct spec *spec, const char *value);
const char *set_pids(struct spec *spec, const char *value);
const char *set_cpus(struct spec *spec, const char *value);
const char *set_time_limit(struct spec *spec, const char *value);
const char *set_rlimit(struct spec *spec, const char *value);

#endif
