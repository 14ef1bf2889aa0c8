/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* PCI functions of this machine as sysfs shows them: what the transports vfio and uio share. */
#ifndef TRIVET_USER_PCI_H
#define TRIVET_USER_PCI_H

#include <os/linux-user/spec.h>
#include <os/linux-user/user.h>

enum { PCI_PATH = 256 };

/**
 * struct pci_place - one function
 * @name: in full, "0000:00:03.0"
 * @dir:  its directory in sysfs
 */
struct pci_place {
	char name[16];
	char dir[PCI_PATH];
};

/**
 * struct pci_roots - where these file systems are, other than in tests
 * @sysfs: option sysfs=, "/sys"
 * @dev:   option dev=, "/dev"
 */
struct pci_roots {
	const char *sysfs;
	const char *dev;
};

/** pci_roots() - what the options of a host's first device say */
struct pci_roots pci_roots(struct user_item *item);

/** pci_find() - the function @item names, which this machine has; a sentence in @err */
int pci_find(struct user_item *item, const struct pci_roots *roots, struct pci_place *place,
	     struct trv_user_error *err);
/** pci_bound() - 0 when it is bound to @driver, which is @transport's, else a sentence that says how */
int pci_bound(const struct pci_place *place, const char *driver, const char *transport,
	      struct trv_user_error *err);
/** pci_link() - the last part of what a link in its directory points to; "" when there is none */
void pci_link(const struct pci_place *place, const char *link, char name[64]);
#define PCI_BAR_MAX 0xfffff000ULL
/** pci_bars() - length (at most PCI_BAR_MAX), address and kind of its BARs; -EIO */
int pci_bars(const struct pci_place *place, struct user_bar *bars);
/** pci_answers() - is the first dword of its configuration space an @id? A sentence in @err if it is ones */
int pci_answers(const struct pci_place *place, u64 id, struct trv_user_error *err);
/**
 * pci_is_there() - the same, asked by sysfs, before the kernel is asked for the device: it would reset
 * one that does not answer, and wait for minutes. 0 too when that cannot be told.
 */
int pci_is_there(const struct pci_place *place, struct trv_user_error *err);
/** pci_no_unknown() - every option of @item was understood; @known lists them */
int pci_no_unknown(const struct user_item *item, const char *known, struct trv_user_error *err);
/** pci_switch() - the value of a key that is one of two words: *@second when it is the second */
int pci_switch(struct user_item *item, const char *key, const char *const words[2], bool *second,
	       struct trv_user_error *err);

/** pci_pread(), pci_pwrite() - one access of 1 to 8 bytes, little-endian; -ENODEV, -EIO */
int pci_pread(int fd, u64 at, u32 bytes, u64 *val);
int pci_pwrite(int fd, u64 at, u32 bytes, u64 val);
/** pci_pread_rep(), pci_pwrite_rep() - @n of them to the same place; all ones, or dropped, on an error */
void pci_pread_rep(int fd, u64 at, u32 bytes, void *buf, u32 n);
void pci_pwrite_rep(int fd, u64 at, u32 bytes, const void *buf, u32 n);

#define PCI_DMA_DEFAULT (4ULL << 20) /* fits RLIMIT_MEMLOCK as systems have it, 8 MiB */
#define PCI_DMA_MAX (1ULL << 30)

/** pci_dma_size() - option dma=, up to whole @unit bytes */
int pci_dma_size(struct user_item *item, u64 unit, u64 *size, struct trv_user_error *err);
/** pci_owner() - of the file @path, whose it is and its mode, for messages: "root's, mode 0600" */
const char *pci_owner(const char *path, char text[64]);
/** pci_lockdown() - how far the kernel is locked down: "integrity"; "none"; "" when it does not say */
void pci_lockdown(const struct pci_roots *roots, char mode[32]);
/** pci_is_viable() - may a device stay in a group that is lent to a process, with this driver ("": none)? */
bool pci_is_viable(const char *driver);

#endif /* TRIVET_USER_PCI_H */
