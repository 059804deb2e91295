/* Clock and statistics. */
#include <stdlib.h>
#include <time.h>
#include "bench.h"

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Sorts the sample. */
double quantile(double *sample, unsigned n, double q)
{
	unsigned i = (unsigned)(q * (n - 1) + 0.5);

	qsort(sample, n, sizeof(*sample), ascending);
	return sample[i];
}

/* A fixed order would let each candidate inherit the same neighbour's warm or cold caches in every
 * round. The seed is fixed all the same: two runs differ by the machine, not by luck. */
void shuffle(unsigned *order, unsigned n)
{
	static uint32_t state = 2463534242;

	for (unsigned i = 0; i < n; i++)
		order[i] = i;
	for (unsigned i = n; i > 1; i--) {
		unsigned j, swap;

		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
		j = state % i;
		swap = order[i - 1];
		order[i - 1] = order[j];
		order[j] = swap;
	}
}
