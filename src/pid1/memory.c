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
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* Provided by the linker in each executable and shared object (ld manual, PROVIDE_HIDDEN). */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden"), weak));

enum { STACK_BELOW = 1 << 17 };

/* Whole pages only: madvise(2) rounds the length up, which would take the neighbour's. */
static void drop(uintptr_t start, uintptr_t end, uintptr_t page)
{
	if (page && start % page == 0 && end % page == 0)
		(void)raw_call(SYS_madvise, (long)start, (long)(end - start), MADV_DONTNEED, 0, 0);
}

void memory_drop(void *start, size_t size)
{
	drop((uintptr_t)start, (uintptr_t)start + size, getauxval(AT_PAGESZ));
}

/* Text that the loader has relocated isn't in the file as it is in memory. */
static bool has_text_relocations(const ElfW(Dyn) * dynamic)
{
	for (; dynamic->d_tag != DT_NULL; dynamic++) {
		if (dynamic->d_tag == DT_TEXTREL ||
		    (dynamic->d_tag == DT_FLAGS && (dynamic->d_un.d_val & DF_TEXTREL)))
			return true;
	}
	return false;
}

static void trim_text(uintptr_t base, const ElfW(Phdr) * segment, unsigned n, uintptr_t page)
{
	uintptr_t here = (uintptr_t)&memory_trim;

	for (unsigned i = 0; i < n; i++) {
		if (segment[i].p_type == PT_DYNAMIC &&
		    has_text_relocations((const void *)(base + segment[i].p_vaddr)))
			return;
	}
	/* Backwards, as the first one holds this table. */
	for (unsigned i = n; i-- > 0;) {
		uintptr_t start = base + segment[i].p_vaddr;
		uintptr_t end = start + segment[i].p_filesz;

		if (segment[i].p_type != PT_LOAD || (segment[i].p_flags & PF_W) ||
		    (here >= start && here < end))
			continue;
		/* Of the last page also what the file leaves unused. */
		drop(start & ~(page - 1), (end + page - 1) & ~(page - 1), page);
	}
}

void memory_trim(void)
{
	const ElfW(Ehdr) *file = &__ehdr_start;
	uintptr_t page = getauxval(AT_PAGESZ);
	/* All but two pages below this frame, which it and its callees may be using. */
	uintptr_t stack = ((uintptr_t)__builtin_frame_address(0) & ~(page - 1)) - 2 * page;

	drop(stack - STACK_BELOW, stack, page);
	/* Last, and without a call into the C library after it. The first segment to load holds the
	 * file's head: where it lies tells the bias. */
	if (file)
		trim_text(file->e_type == ET_DYN ? (uintptr_t)file : 0,
			  (const void *)((uintptr_t)file + file->e_phoff), file->e_phnum, page);
}
