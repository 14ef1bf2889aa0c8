// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Order and atomics. Contexts change only inside entries, so that plain
 * accesses are atomic here; what is checked is the memory, and that counts
 * stay counts.
 */
#include <os/test-sim/dma_impl.h>
#include <os/test-sim/order.h>

void trv_dma_rmb(void)
{
	sim_enter("dma_rmb", SIM_ANY, SIM_COST_CALL);
	if (!SIM_SAB("rmb-fetches-nothing"))
		sim_dma_collect(NULL);
}

void trv_dma_wmb(void)
{
	sim_enter("dma_wmb", SIM_ANY, SIM_COST_CALL);
	if (SIM_SAB("wmb-newest-first"))
		sim_coherent_hold();
	else if (!SIM_SAB("wmb-publishes-nothing"))
		sim_dma_publish();
}

void trv_mb(void)
{
	sim_enter("mb", SIM_ANY, SIM_COST_CALL);
	if (!SIM_SAB("mb-publishes-nothing"))
		sim_dma_publish();
	if (!SIM_SAB("mb-fetches-nothing"))
		sim_dma_collect(NULL);
}

u32 trv_load_acquire(const u32 *p)
{
	const struct sim_site *site = sim_here();

	sim_enter("load_acquire", SIM_ANY, SIM_COST_CALL);
	sim_mem_read(p, sizeof(*p), site);
	return SIM_SAB("load-acquire-returns-zero") ? 0 : *(const volatile u32 *)p;
}

void trv_store_release(u32 *p, u32 val)
{
	const struct sim_site *site = sim_here();

	sim_enter("store_release", SIM_ANY, SIM_COST_CALL);
	sim_mem_write(p, sizeof(*p), site);
	if (!SIM_SAB("store-release-lost"))
		*(volatile u32 *)p = val;
}

/* A read and a write: the memory must be good for both. */
static void check_update(u32 *p, const struct sim_site *site)
{
	sim_mem_read(p, sizeof(*p), site);
	sim_mem_write(p, sizeof(*p), site);
}

u32 trv_fetch_add(u32 *p, u32 val)
{
	const struct sim_site *site = sim_here();
	u32 old;

	sim_enter("fetch_add", SIM_ANY, SIM_COST_CALL);
	check_update(p, site);
	old = *p;
	if (SIM_SAB("fetch-add-not-atomic"))
		sim_enter("fetch_add", SIM_ANY, SIM_COST_CALL);
	if (!SIM_SAB("fetch-add-lost"))
		*p = old + val;
	return SIM_SAB("fetch-add-returns-new") ? old + val : old;
}

u32 trv_xchg(u32 *p, u32 val)
{
	const struct sim_site *site = sim_here();
	u32 old;

	sim_enter("xchg", SIM_ANY, SIM_COST_CALL);
	check_update(p, site);
	old = *p;
	if (SIM_SAB("xchg-not-atomic"))
		sim_enter("xchg", SIM_ANY, SIM_COST_CALL);
	if (!SIM_SAB("xchg-lost"))
		*p = val;
	return SIM_SAB("xchg-returns-new") ? val : old;
}

/* ---- reference counts ---------------------------------------------------- */

void trv_refcount_set(struct trv_refcount *r, u32 n)
{
	const struct sim_site *site = sim_here();

	sim_enter("refcount_set", SIM_ANY, SIM_COST_CALL);
	sim_mem_write(&r->n, sizeof(r->n), site);
	r->n = n;
}

void trv_refcount_get(struct trv_refcount *r)
{
	const struct sim_site *site = sim_here();

	sim_enter("refcount_get", SIM_ANY, SIM_COST_CALL);
	check_update(&r->n, site);
	if (!r->n && !SIM_SAB("refcount-get-zero-ok"))
		sim_fail(SIM_API, site, "reference taken to an object whose last one was put");
	if (r->n == ~0u)
		sim_fail(SIM_API, site, "reference count overflows");
	r->n++;
}

bool trv_refcount_put(struct trv_refcount *r)
{
	const struct sim_site *site = sim_here();

	sim_enter("refcount_put", SIM_ANY, SIM_COST_CALL);
	check_update(&r->n, site);
	if (!r->n && !SIM_SAB("refcount-put-zero-ok"))
		sim_fail(SIM_API, site, "reference put that was not taken");
	if (SIM_SAB("refcount-not-atomic")) {
		u32 old = r->n;

		sim_enter("refcount_put", SIM_ANY, SIM_COST_CALL);
		r->n = old;
	}
	r->n--;
	if (SIM_SAB("refcount-never-last"))
		return false;
	if (SIM_SAB("refcount-two-last"))
		return r->n <= 1;
	return !r->n;
}
