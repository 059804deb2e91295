/* parent.h - end when whoever started us does. */
#ifndef RUN_PARENT_H
#define RUN_PARENT_H

/* A pidfd of our parent, readable when it is gone; -1 if there is none to be had: then the kernel
 * was asked to kill us with it. Doesn't return if it is gone already. */
int parent_open(void);

#endif
