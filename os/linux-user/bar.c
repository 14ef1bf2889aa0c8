// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * os.h: registers. Here is what is not inlined: mapping, accesses to a device
 * that is not in memory, and FIFOs.
 */
#include <errno.h>
#include <string.h>
#include <sys/io.h>

#include <os/linux-user/record.h>

static int take(struct trv_dev *dev, u32 bar, u32 min_len, bool port)
{
	struct user_bar *b;
	int rc;

	user_may_sleep(dev, "bar_map");
	if (bar >= TRV_PCI_BARS || !dev->bars[bar].len)
		return -ENODEV;
	b = &dev->bars[bar];
	if (b->port != port)
		return -EINVAL;
	if (b->len < min_len) {
		trv_warn(dev, "BAR %u has %u bytes, and its driver wants %u; see: lspci -vs %s",
			 bar, b->len, min_len, dev->name);
		return -ERANGE;
	}
	if (b->taken)
		return -EBUSY;
	rc = user_cfg_set_bits(dev, TRV_PCI_COMMAND, 0, port ? TRV_PCI_CMD_IO : TRV_PCI_CMD_MEMORY);
	if (rc)
		return rc;
	b->taken = true;
	return 0;
}

static void drop(struct trv_dev *dev, u32 bar)
{
	user_may_sleep(dev, "bar_unmap");
	if (!dev->bars[bar].taken)
		user_misuse(dev, "BAR %u unmapped, and it is not mapped", bar);
	dev->bars[bar].taken = false;
}

int trv_mmio_map(struct trv_dev *dev, u32 bar, u32 min_len, struct trv_mmio *h)
{
	int rc = take(dev, bar, min_len, false);

	if (rc)
		return rc;
	if (!dev->bars[bar].base && dev->ops->bar_map)
		dev->bars[bar].base = dev->ops->bar_map(dev, bar);
	*h = (struct trv_mmio){
		.base = user_watched(dev) ? NULL : dev->bars[bar].base,
		.dev = dev,
		.bar = bar,
		.len = dev->bars[bar].len,
	};
	return 0;
}

int trv_port_map(struct trv_dev *dev, u32 bar, u32 min_len, struct trv_port *h)
{
	int rc = take(dev, bar, min_len, true);

	if (rc)
		return rc;
	*h = (struct trv_port){
		.io = user_watched(dev) ? 0 : dev->bars[bar].io,
		.dev = dev,
		.bar = bar,
		.len = dev->bars[bar].len,
	};
	return 0;
}

void trv_mmio_unmap(struct trv_dev *dev, struct trv_mmio *h)
{
	drop(dev, h->bar);
}

void trv_port_unmap(struct trv_dev *dev, struct trv_port *h)
{
	drop(dev, h->bar);
}

/* ---- accesses through the transport -------------------------------------- */

/* Nothing beyond the BAR reaches the transport: there is somebody else's address. */
static int reachable(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	const struct user_bar *b = &dev->bars[bar];

	if (user_dev_gone(dev))
		return -ENODEV;
	if (!b->taken) {
		user_misuse(dev, "BAR %u: access after trv_bar_unmap()", bar);
		return -ERANGE;
	}
	if (off > b->len || bytes > b->len - off || off & (bytes - 1)) {
		user_misuse(dev, "BAR %u: %u bytes at 0x%x, of 0x%x", bar, bytes, off, b->len);
		return -ERANGE;
	}
	return 0;
}

/* Somebody watches a register that could be accessed without us: the same access, here. */
u64 user_mapped_read(const volatile u8 *reg, u32 bytes)
{
	switch (bytes) {
	case 1:
		return *reg;
	case 2:
		return TRV_USER_LE(16, *(const volatile u16 *)reg);
	case 4:
		return TRV_USER_LE(32, *(const volatile u32 *)reg);
	default:
		return TRV_USER_LE(64, *(const volatile u64 *)reg);
	}
}

void user_mapped_write(volatile u8 *reg, u32 bytes, u64 val)
{
	switch (bytes) {
	case 1:
		*reg = (u8)val;
		break;
	case 2:
		*(volatile u16 *)reg = TRV_USER_LE(16, (u16)val);
		break;
	case 4:
		*(volatile u32 *)reg = TRV_USER_LE(32, (u32)val);
		break;
	default:
		*(volatile u64 *)reg = TRV_USER_LE(64, val);
	}
}

#if defined(__x86_64__)
static u64 port_read(u32 io, u32 bytes)
{
	return bytes == 1 ? inb((u16)io) : bytes == 2 ? inw((u16)io) : inl((u16)io);
}

static void port_write(u32 io, u32 bytes, u64 val)
{
	if (bytes == 1)
		outb((u8)val, (u16)io);
	else if (bytes == 2)
		outw((u16)val, (u16)io);
	else
		outl((u32)val, (u16)io);
}
#else /* trv_port_map() never sets io */
static u64 port_read(u32 io, u32 bytes)
{
	__builtin_trap();
}

static void port_write(u32 io, u32 bytes, u64 val)
{
	__builtin_trap();
}
#endif

u64 trv_user_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	const struct user_bar *b = &dev->bars[bar];
	u64 val = ~0ULL >> (64 - 8 * bytes);
	int rc = reachable(dev, bar, off, bytes);

	if (!rc && b->base)
		val = user_mapped_read(b->base + off, bytes);
	else if (!rc && b->io)
		val = port_read(b->io + off, bytes);
	else if (!rc)
		val &= dev->ops->bar_read(dev, bar, off, bytes);
	user_probe(reg_read, dev, bar, off, bytes, val);
	user_record(dev, TRV_FACT_REG_READ, .bar = (u8)bar, .off = off, .width = bytes, .val = val,
		    .rc = rc);
	return val;
}

void trv_user_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	const struct user_bar *b = &dev->bars[bar];
	int rc = reachable(dev, bar, off, bytes);

	user_probe(reg_write, dev, bar, off, bytes, val);
	user_record(dev, TRV_FACT_REG_WRITE, .bar = (u8)bar, .off = off, .width = bytes, .val = val,
		    .rc = rc);
	if (!rc && b->base)
		user_mapped_write(b->base + off, bytes, val);
	else if (!rc && b->io)
		port_write(b->io + off, bytes, val);
	else if (!rc)
		dev->ops->bar_write(dev, bar, off, bytes, val);
}

/* ---- FIFOs --------------------------------------------------------------- */

/* Bytes keep their order in memory: no conversion, here and in the ports' instructions. */
void user_mapped_read_rep(const volatile u8 *reg, u32 bytes, void *to, u32 n)
{
	u8 *buf = to;

	for (u32 i = 0; i < n; i++, buf += bytes) {
		if (bytes == 2) {
			u16 v = *(const volatile u16 *)reg;

			memcpy(buf, &v, sizeof(v));
		} else {
			u32 v = *(const volatile u32 *)reg;

			memcpy(buf, &v, sizeof(v));
		}
	}
	TRV_USER_IO_RMB();
}

void user_mapped_write_rep(volatile u8 *reg, u32 bytes, const void *from, u32 n)
{
	const u8 *buf = from;

	TRV_USER_IO_WMB();
	for (u32 i = 0; i < n; i++, buf += bytes) {
		if (bytes == 2) {
			u16 v;

			memcpy(&v, buf, sizeof(v));
			*(volatile u16 *)reg = v;
		} else {
			u32 v;

			memcpy(&v, buf, sizeof(v));
			*(volatile u32 *)reg = v;
		}
	}
}

#if defined(__x86_64__)
static bool port_read_rep(u32 io, u32 bytes, void *buf, u32 n)
{
	if (io && bytes == 2)
		insw((u16)io, buf, n);
	else if (io)
		insl((u16)io, buf, n);
	return io;
}

static bool port_write_rep(u32 io, u32 bytes, const void *buf, u32 n)
{
	if (io && bytes == 2)
		outsw((u16)io, buf, n);
	else if (io)
		outsl((u16)io, buf, n);
	return io;
}
#else
static bool port_read_rep(u32 io, u32 bytes, void *buf, u32 n)
{
	return false;
}

static bool port_write_rep(u32 io, u32 bytes, const void *buf, u32 n)
{
	return false;
}
#endif

static void record_rep(struct trv_dev *dev, enum trv_fact_kind kind, u32 bar, u32 off, u32 bytes,
		       const void *buf, u32 n, int rc)
{
	struct trv_fact fact = {
		.kind = kind, .bar = (u8)bar, .off = off, .width = bytes, .count = n, .rc = rc
	};

	user_record_data(&fact, buf, (size_t)n * bytes, true);
	user_record_fact(dev, &fact);
}

void trv_user_read_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n)
{
	const struct user_bar *b = &dev->bars[bar];
	int rc;

	if (!n)
		return;
	rc = reachable(dev, bar, off, bytes);
	if (rc)
		memset(buf, 0xff, (size_t)n * bytes);
	else if (b->base)
		user_mapped_read_rep(b->base + off, bytes, buf, n);
	else if (!port_read_rep(b->io ? b->io + off : 0, bytes, buf, n))
		dev->ops->bar_read_rep(dev, bar, off, bytes, buf, n);
	user_probe(reg_read_rep, dev, bar, off, bytes, n, buf);
	if (user_recording(dev))
		record_rep(dev, TRV_FACT_REG_READ_REP, bar, off, bytes, buf, n, rc);
}

void trv_user_write_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf, u32 n)
{
	const struct user_bar *b = &dev->bars[bar];
	int rc;

	if (!n)
		return;
	rc = reachable(dev, bar, off, bytes);
	user_probe(reg_write_rep, dev, bar, off, bytes, n, buf);
	if (user_recording(dev))
		record_rep(dev, TRV_FACT_REG_WRITE_REP, bar, off, bytes, buf, n, rc);
	if (rc)
		return;
	if (b->base)
		user_mapped_write_rep(b->base + off, bytes, buf, n);
	else if (!port_write_rep(b->io ? b->io + off : 0, bytes, buf, n))
		dev->ops->bar_write_rep(dev, bar, off, bytes, buf, n);
}

/* ---- where the bus may fault --------------------------------------------- */

static int peeked(struct trv_dev *dev, u32 val)
{
	return val == ~0U && trv_dev_gone(dev) ? -ENODEV : 0;
}

int trv_mmio_peek32(struct trv_mmio h, u32 off, u32 *val)
{
	*val = trv_read32(h, off);
	return peeked(h.dev, *val);
}

int trv_port_peek32(struct trv_port h, u32 off, u32 *val)
{
	*val = trv_read32(h, off);
	return peeked(h.dev, *val);
}
