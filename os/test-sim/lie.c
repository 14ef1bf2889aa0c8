// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A device that lies. Any read may return another value than the register
 * holds: once, or the same one from then on. Where nothing happened since the
 * same line read the same value, as in every turn of a loop but the first, it
 * makes no difference when the lie begins: then there is no choice.
 */
#include <string.h>

#include <os/test-sim/mem.h>
#include <os/test-sim/pci.h>

enum { REMEMBERED = 16 };

enum lie {
	TRUTH,
	INVERTED, /* once */
	STUCK,	  /* at what it reads now */
	GENERIC,  /* so many of this file's; what the model calls odd comes after */
};

struct sim_liar {
	struct {
		const struct sim_site *site;
		u32 bar, off;
		u64 val, writes;
	} told[REMEMBERED]; /* in turn */
	u32 next;
	bool stuck;
	u32 bar, off;
	u64 val;
};

void sim_lie_init(struct trv_dev *dev)
{
	dev->liar = sim_own(sizeof(*dev->liar));
}

static u32 find_told(const struct sim_liar *l, u32 bar, u32 off)
{
	const struct sim_site *site = sim_here();
	u32 i = 0;

	while (i < REMEMBERED &&
	       (l->told[i].site != site || l->told[i].bar != bar || l->told[i].off != off))
		i++;
	return i;
}

bool sim_lie_repeats(const struct trv_dev *dev, u32 bar, u32 off)
{
	const struct sim_liar *l = dev->liar;
	u32 i = find_told(l, bar, off);

	return i < REMEMBERED && l->told[i].writes == dev->writes;
}

/* Was the same said to the same line, and nothing written to the device since? */
static bool told_before(struct trv_dev *dev, u32 bar, u32 off, u64 val)
{
	const struct sim_site *site = sim_here();
	struct sim_liar *l = dev->liar;
	u32 i = 0;

	while (i < REMEMBERED &&
	       (l->told[i].site != site || l->told[i].bar != bar || l->told[i].off != off))
		i++;
	if (i < REMEMBERED && l->told[i].val == val && l->told[i].writes == dev->writes)
		return true;
	if (i == REMEMBERED) {
		i = l->next;
		l->next = (l->next + 1) % REMEMBERED;
		l->told[i].site = sim_here();
		l->told[i].bar = bar;
		l->told[i].off = off;
	}
	l->told[i].val = val;
	l->told[i].writes = dev->writes;
	return false;
}

static bool is_odd(const struct sim_odd *odd, u32 bar, u32 off, u64 val)
{
	return odd->bar == bar && odd->off == off && ((val & ~(u64)odd->clear) | odd->set) != val;
}

/* The @n-th odd value of the register, counted from 0; or how many there are. */
static u32 find_odd(const struct trv_dev *dev, u32 bar, u32 off, u64 *val, u32 n)
{
	const struct sim_odd *odd = dev->model->odd;
	u32 found = 0;

	for (; odd && (odd->clear || odd->set); odd++) {
		if (!is_odd(odd, bar, off, *val))
			continue;
		if (found++ == n) {
			*val = (*val & ~(u64)odd->clear) | odd->set;
			break;
		}
	}
	return found;
}

u64 sim_lie_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	struct sim_liar *l = dev->liar;
	u64 lie = val;
	u32 answer;

	if (l->stuck && l->bar == bar && l->off == off)
		return l->val;
	if (told_before(dev, bar, off, val))
		return val;
	answer = sim_choose(SIM_K_VALUE, GENERIC + find_odd(dev, bar, off, &val, ~0u), sim_here());
	if (!answer)
		return val;
	dev->hostile = true;
	switch (answer) {
	case INVERTED:
		lie = ~val & ~0ULL >> (64 - 8 * bytes);
		break;
	case STUCK:
		l->stuck = true;
		l->bar = bar;
		l->off = off;
		l->val = val;
		sim_means("the register reads 0x%llx from here on, whatever happens",
			  (unsigned long long)val);
		return val;
	default:
		find_odd(dev, bar, off, &lie, answer - GENERIC);
	}
	sim_means("this read lies: 0x%llx, where the register holds 0x%llx",
		  (unsigned long long)lie, (unsigned long long)val);
	return lie;
}

void sim_lie_data(struct trv_dev *dev, void *buf, size_t len, const struct sim_site *site)
{
	u32 answer = sim_choose(SIM_K_VALUE, 3, site);
	u8 *p = buf;

	if (!answer)
		return;
	dev->hostile = true;
	sim_means("the data read are %s", answer == 2 ? "all zero" : "inverted");
	if (answer == 2) {
		memset(buf, 0, len);
		return;
	}
	for (size_t i = 0; i < len; i++)
		p[i] = (u8)~p[i];
}
