/* report.h - the result record: one line of JSON on each channel asked for. */
#ifndef REPORT_H
#define REPORT_H

#include "spec.h"

/* In result->request_signal: by reboot(2) inside a PID namespace, as its launcher sees it. */
#define REPORT_BY_REBOOT (-1)

/* Open what must be there from the start, close-on-exec, and have PID 1 keep it. 0, or -errno after
 * saying what is wrong. */
int report_open(struct spec *spec);

/* Write the record to all channels. A failure is a warning: nothing may stop the end. */
void report_write(struct spec *spec, const struct cradle_result *result, enum ending ending);

/* isa-debug-exit ends QEMU at once, so it comes after everything else. */
void report_last(const struct spec_end *end, int code);

#endif
