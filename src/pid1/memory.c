/* Give back the memory that only the start needed. An init is the one process that every container
 * and every VM keeps for its whole life.
 *
 * The kernel maps text in windows of 16 pages around each page touched, so the start leaves
 * nearly the whole program mapped. This room's code is linked into a segment of its own
 * (see the Makefile), which is all that an idle init needs. May only drop pages that the kernel
 * can read again from the file, or that lie below the stack pointer.
 */
#include "supervisor.h"

#include "raw.h"

#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* Provided by the linker in each executable and shared object (ld manual, PROVIDE_HIDDEN). */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden"), weak));

enum { PAGE = 4096, STACK_BELOW = 32 * PAGE };

static void drop(uintptr_t start, uintptr_t end)
{
	(void)raw_call(SYS_madvise, (long)start, (long)(end - start), MADV_DONTNEED, 0, 0);
}

void memory_drop(void *start, size_t size)
{
	drop((uintptr_t)start, (uintptr_t)start + size);
}

/* The page size may be larger than 4096: then madvise(2) refuses and nothing is lost. */
void memory_trim(void)
{
	const ElfW(Ehdr) *file = &__ehdr_start;
	const ElfW(Phdr) * segment;
	uintptr_t here = (uintptr_t)&memory_trim, base, mark = (uintptr_t)&segment;

	if (!file)
		return;
	segment = (const void *)((uintptr_t)file + file->e_phoff);
	/* The first segment to load holds the file's head: where it lies tells the bias. */
	base = file->e_type == ET_DYN ? (uintptr_t)file : 0;
	for (unsigned i = 0; i < file->e_phnum; i++) {
		uintptr_t start = base + segment[i].p_vaddr;
		uintptr_t end = start + segment[i].p_filesz;

		if (segment[i].p_type != PT_LOAD || (segment[i].p_flags & PF_W) ||
		    (here >= start && here < end) || start == (uintptr_t)file)
			continue;
		drop(start & ~(uintptr_t)(PAGE - 1), (end + PAGE - 1) & ~(uintptr_t)(PAGE - 1));
	}
	drop((uintptr_t)file, (uintptr_t)file + PAGE);
	mark &= ~(uintptr_t)(PAGE - 1);
	drop(mark - STACK_BELOW, mark);
}
