/* learn_text.h - what is written of a record. */
#ifndef TESTS_LEARN_TEXT_H
#define TESTS_LEARN_TEXT_H

#include "learn_write.h"

#include <stdio.h>

/* The caller frees it. */
static inline char *write_text(struct learn_record *record)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	learn_write(out, record);
	(void)fclose(out);
	return text;
}

#endif
