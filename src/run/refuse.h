/* refuse.h - cradle is never setuid: what a user asks for must not be done with more rights than he
 * has. */
#ifndef RUN_REFUSE_H
#define RUN_REFUSE_H

/* 0, or -EPERM after saying so: started setuid, setgid or with file capabilities. */
int refuse_setuid(void);

#endif
