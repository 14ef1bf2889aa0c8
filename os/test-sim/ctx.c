// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Coroutines: stacks, and going from one to another without a system call.
 * Stacks are mapped once, with a guard page, and used again by later runs, which
 * find them as new: what a driver forgets to initialise is the same in every run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <os/test-sim/machine_priv.h>

#if defined(__SANITIZE_ADDRESS__)
#define ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN 1
#endif
#endif

#ifdef ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

/* Valgrind is told what a stack is; its requests cost nothing outside of it. */
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(start, end) 0
#endif

#define STACK_SIZE (256UL << 10)
#define MAX_STACKS 512
/* A function's locals may be as long as CLEAN_BLOCKS of these without a store to them. */
#define WIPE_BLOCK 1024
#define CLEAN_BLOCKS 8

static struct {
	char *all[MAX_STACKS];
	u32 n_all;
	char *free[MAX_STACKS]; /* the last one freed is the warmest */
	u32 n_free;
} stacks;

static _Noreturn void no_stack(const char *why)
{
	fprintf(stderr, "trivet-sim: no stack for another context: %s\n", why);
	exit(4);
}

static char *stack_map(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p;

	if (stacks.n_all == MAX_STACKS)
		no_stack("512 are in use");
	p = mmap(NULL, STACK_SIZE + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		 -1, 0);
	if (p == MAP_FAILED || mprotect(p + page, STACK_SIZE, PROT_READ | PROT_WRITE))
		no_stack("mmap failed");
	(void)VALGRIND_STACK_REGISTER(p + page, p + page + STACK_SIZE);
	stacks.all[stacks.n_all++] = p + page;
	return p + page;
}

/* At its lowest address, where no call chain gets without an overflow: it was used in this run. */
static u64 *used_mark(char *base)
{
	return (u64 *)base;
}

static char *stack_get(void)
{
	char *base = stacks.n_free ? stacks.free[--stacks.n_free] : stack_map();

#ifdef ASAN
	/* Whoever was here last may never have returned. */
	__asan_unpoison_memory_region(base, STACK_SIZE);
#endif
	*used_mark(base) = 1;
	return base;
}

static bool is_zero(const char *p, size_t n)
{
	typedef u64 chunk __attribute__((vector_size(16), may_alias));
	const chunk *c = (const chunk *)p;
	chunk any = { 0 };

	for (size_t i = 0; i < n / sizeof(chunk); i++)
		any |= c[i];
	return !(any[0] | any[1]);
}

/* From the top down, until there were CLEAN_BLOCKS that nobody had written to. */
static void stack_wipe(char *base)
{
	char *p = base + STACK_SIZE;
	u32 clean = 0;

#ifdef ASAN
	__asan_unpoison_memory_region(base, STACK_SIZE);
#endif
	while (p > base && clean < CLEAN_BLOCKS) {
		p -= WIPE_BLOCK;
		if (is_zero(p, WIPE_BLOCK)) {
			clean++;
		} else {
			memset(p, 0, WIPE_BLOCK);
			clean = 0;
		}
	}
	*used_mark(base) = 0;
}

void sim_co_free(struct sim_co *co)
{
	stacks.free[stacks.n_free++] = co->base;
	co->base = NULL;
}

void sim_co_reset(void)
{
	stacks.n_free = 0;
	for (u32 i = stacks.n_all; i-- > 0;) {
		if (*used_mark(stacks.all[i]))
			stack_wipe(stacks.all[i]);
		stacks.free[stacks.n_free++] = stacks.all[i];
	}
}

/* ---- switching ----------------------------------------------------------- */

static struct sim_co *arriving, *leaving;

static void arrived(void)
{
#ifdef ASAN
	const void *bottom;
	size_t size;

	__sanitizer_finish_switch_fiber(arriving->fake, &bottom, &size);
	if (!leaving->base && leaving->size == 0) {
		/* The process's own stack: only now is it known. */
		leaving->fn = NULL;
		leaving->arg = (void *)bottom;
		leaving->size = size;
	}
#endif
}

static __attribute__((used)) _Noreturn void co_main(void)
{
	arrived();
	arriving->fn(arriving->arg);
	abort(); /* it never returns */
}

/* SIM_CO_UCONTEXT chooses the portable one, to test it here. */
#if defined(__x86_64__) && !defined(SIM_CO_UCONTEXT)

/* Callee-saved registers live on the stack; floating point modes are nobody's to change. */
void sim_co_jump(void **save, void *load);
void sim_co_start(void);
__asm__(".text\n"
	".type sim_co_jump, @function\n"
	"sim_co_jump:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	".size sim_co_jump, . - sim_co_jump\n"
	".type sim_co_start, @function\n"
	"sim_co_start:\n"
	"	xorl %ebp, %ebp\n"
	"	jmp co_main\n"
	".size sim_co_start, . - sim_co_start\n");

static void *prepare(char *top)
{
	void **sp = (void **)top;

	*--sp = NULL; /* no caller: the debugger's backtrace ends here; and aligned as after a call */
	*--sp = (void *)sim_co_start;
	for (int i = 0; i < 6; i++)
		*--sp = NULL;
	return sp;
}

#elif defined(__aarch64__) && !defined(SIM_CO_UCONTEXT)

void sim_co_jump(void **save, void *load);
void sim_co_start(void);
__asm__(".text\n"
	".type sim_co_jump, %function\n"
	"sim_co_jump:\n"
	"	sub sp, sp, #160\n"
	"	stp x19, x20, [sp, #0]\n"
	"	stp x21, x22, [sp, #16]\n"
	"	stp x23, x24, [sp, #32]\n"
	"	stp x25, x26, [sp, #48]\n"
	"	stp x27, x28, [sp, #64]\n"
	"	stp x29, x30, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n"
	"	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n"
	"	stp d14, d15, [sp, #144]\n"
	"	mov x9, sp\n"
	"	str x9, [x0]\n"
	"	mov sp, x1\n"
	"	ldp x19, x20, [sp, #0]\n"
	"	ldp x21, x22, [sp, #16]\n"
	"	ldp x23, x24, [sp, #32]\n"
	"	ldp x25, x26, [sp, #48]\n"
	"	ldp x27, x28, [sp, #64]\n"
	"	ldp x29, x30, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n"
	"	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n"
	"	ldp d14, d15, [sp, #144]\n"
	"	add sp, sp, #160\n"
	"	ret\n"
	".size sim_co_jump, . - sim_co_jump\n"
	".type sim_co_start, %function\n"
	"sim_co_start:\n"
	"	mov x29, xzr\n"
	"	mov x30, xzr\n"
	"	b co_main\n"
	".size sim_co_start, . - sim_co_start\n");

static void *prepare(char *top)
{
	void **sp = (void **)(top - 160);

	for (int i = 0; i < 20; i++)
		sp[i] = NULL;
	sp[11] = (void *)sim_co_start;
	return sp;
}

#else /* any other machine: slower, through the C library */

#include <ucontext.h>

/* One per stack, at its top, and one per switch away from a stack. */
static void sim_co_jump(void **save, void *load)
{
	ucontext_t here;

	*save = &here;
	if (swapcontext(&here, load))
		no_stack("swapcontext failed");
}

static void *prepare(char *top)
{
	ucontext_t *uc = (ucontext_t *)((uintptr_t)(top - sizeof(*uc)) & ~63UL);

	if (getcontext(uc))
		no_stack("getcontext failed");
	uc->uc_stack.ss_sp = top - STACK_SIZE;
	uc->uc_stack.ss_size = (size_t)((char *)uc - (top - STACK_SIZE));
	uc->uc_link = NULL;
	makecontext(uc, (void (*)(void))co_main, 0);
	return uc;
}

#endif

void sim_co_new(struct sim_co *co, void (*fn)(void *arg), void *arg)
{
	co->base = stack_get();
	co->size = STACK_SIZE;
	co->fn = fn;
	co->arg = arg;
	co->fake = NULL;
	co->sp = prepare(co->base + STACK_SIZE);
}

void sim_co_switch(struct sim_co *from, struct sim_co *to, bool last)
{
	arriving = to;
	leaving = from;
#ifdef ASAN
	__sanitizer_start_switch_fiber(last ? NULL : &from->fake, to->base ? to->base : to->arg,
				       to->size);
#endif
	sim_co_jump(&from->sp, to->sp);
	arrived();
}
