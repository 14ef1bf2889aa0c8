/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The transport "uio", to itself: devices bound to uio_pci_generic, reached
 * through sysfs. No IOMMU is between them and memory: what a driver programs
 * wrongly is written wherever it points.
 */
#ifndef TRIVET_USER_UIO_H
#define TRIVET_USER_UIO_H

#include <sys/types.h>

#include <os/linux-user/pci/pci.h>

/** struct uio_bar - the file resourceN, and all of its pages when it is memory */
struct uio_bar {
	int fd;
	u8 *map;
	size_t map_len;
};

/**
 * struct uio_dev - one device
 * @made:    which of the directories that the kernel makes for a binding is ours, by its inode
 * @command: its command register as it was last written, interrupts on; under @lock with the write
 * @memory:  the name of its DMA memory, NULL: none
 */
struct uio_dev {
	struct trv_dev *dev;
	struct pci_place place;
	bool no_mmap, ports_by_file;
	int uio_fd;
	int watch_fd; /* tells when its node in /dev goes */
	int watch;    /* the node's there, -1: none for now */
	bool stays_watched;
	char node[PCI_PATH];
	ino_t made;
	int cfg_fd;
	struct uio_bar bars[TRV_PCI_BARS];
	bool has_irq;
	pthread_mutex_t lock;
	u16 command;
	u32 gone; /* atomic */
	char *memory;
};

struct uio {
	struct trv_host host;
	struct pci_roots roots;
	struct uio_dev devs[USER_HOST_DEVS];
	u32 n_devs; /* with a place; as many as host.n_devs once all are open */

	/* DMA memory: a file of huge pages, with a name for each device. */
	char dir[PCI_PATH]; /* option hugetlbfs=, or the first that is mounted */
	u64 page;
	int mem_fd;
	u64 mem_size;
	u8 *mem; /* address space from the first page to the last */
	size_t mem_span;
};

static inline struct uio *uio_of(const struct trv_dev *dev)
{
	return (struct uio *)dev->host;
}

static inline struct uio_dev *uio_dev_of(const struct trv_dev *dev)
{
	return dev->transport;
}

/* ---- memory.c ------------------------------------------------------------ */

/** uio_memory_options() - hugetlbfs= and dma= */
int uio_memory_options(struct uio *u, struct user_item *item, struct trv_user_error *err);
/** uio_memory_open() - the pool. No device is bus master: what a dead process left goes now. */
int uio_memory_open(struct uio *u, struct trv_user_error *err);
/** uio_memory_release() - @d is quiet: its name goes */
void uio_memory_release(struct uio_dev *d);
/** uio_memory_close() - what has no name any more is freed */
void uio_memory_close(struct uio *u);

/* ---- irq.c --------------------------------------------------------------- */

u32 uio_irq_max(struct trv_dev *dev, enum trv_irq_kind kind);
int uio_irq_setup(struct trv_dev *dev, enum trv_irq_kind kind, u32 n, int *fds);
void uio_irq_teardown(struct trv_dev *dev);
void uio_irq_rearm(struct trv_dev *dev, u32 vec);
void uio_irq_mask(struct trv_dev *dev, u32 vec, bool mask);
int uio_irq_restore(struct trv_dev *dev);

/* ---- regs.c: the transport's accesses ------------------------------------ */

int uio_cfg_read(struct trv_dev *dev, u32 off, u32 bytes, u32 *val);
int uio_cfg_write(struct trv_dev *dev, u32 off, u32 bytes, u32 val);
u64 uio_bar_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes);
void uio_bar_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val);
void uio_bar_read_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n);
void uio_bar_write_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf, u32 n);
void *uio_bar_map(struct trv_dev *dev, u32 bar);
/** uio_bars_open() - files and mappings of all BARs; ports by ioperm() where that is granted */
int uio_bars_open(const struct uio *u, struct uio_dev *d, struct trv_user_error *err);
void uio_bars_close(struct uio_dev *d);
/** uio_master_off() - clear bus master; was it set? -errno */
int uio_master_off(struct uio_dev *d);
/** uio_is_quiet() - it is no bus master, or not ours; -errno when that cannot be read */
int uio_is_quiet(const struct uio_dev *d);
/** uio_intx_on() - clear Interrupt Disable, by one write */
void uio_intx_on(struct uio_dev *d);

/* ---- bus.c: mapped registers that go ------------------------------------- */

/** uio_bus_watch() - from here on, an access there reads all ones once there is nothing; -ENOMEM */
int uio_bus_watch(const void *base, size_t len);
/** uio_bus_unwatch() - before it is unmapped; nothing happens for what is not watched */
void uio_bus_unwatch(const void *base);

/* ---- leave.c: it is unbound while it is ours ------------------------------ */

/** uio_leave_open() - look at its node from here on */
int uio_leave_open(struct uio_dev *d);
/** uio_leave_start() - its loop runs: hear of it from here on */
int uio_leave_start(struct uio_dev *d);
/** uio_leave_read() - while @reads, a thread that reads the node hears of it instead */
void uio_leave_read(struct uio_dev *d, bool reads);
/** uio_leave_sandbox() - from here on it stays watched, by whoever may not begin to any more */
void uio_leave_sandbox(struct uio_dev *d);
/** uio_left() - is it somebody else's? The kernel has cleared bus master before it was. */
bool uio_left(const struct uio_dev *d);
void uio_leave_notice(struct trv_dev *dev, u32 which);

/* ---- host.c -------------------------------------------------------------- */

/** uio_refused() - @what the kernel does not let root do: lockdown, or who knows. A sentence in @err */
int uio_refused(const struct uio *u, const struct uio_dev *d, const char *what,
		struct trv_user_error *err);
int uio_open(struct user_spec *spec, struct trv_user_error *err, struct trv_host **host);

#endif /* TRIVET_USER_UIO_H */
