/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The profiler knows by calls of these which steps count. Each is a section of its own, which
 * the linker places where marks says, in every program at the same address.
 */
#ifndef TRIVET_BENCH_MARK_H
#define TRIVET_BENCH_MARK_H

#define MARK(name) \
	__attribute__((noinline, noipa, used, section("." #name))) static void name(void)

MARK(mark_begin)
{
	__asm__ volatile("");
}

MARK(mark_end)
{
	__asm__ volatile("");
}

#endif /* TRIVET_BENCH_MARK_H */
