/* lifeline.h - a child that doesn't outlive its parent. */
#ifndef RUN_LIFELINE_H
#define RUN_LIFELINE_H

/* In the child: be killed when the parent dies. parent: its pidfd, opened before the fork; -1:
 * there is none. Exits if it is dead already. */
void lifeline_tie(int parent);

#endif
