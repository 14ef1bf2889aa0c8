// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Registers that are files; how much memory a device is to reach. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <os/linux-user/pci/pci.h>

static int failed(ssize_t n)
{
	return n < 0 && (errno == ENODEV || errno == ENXIO) ? -ENODEV : -EIO;
}

int pci_pread(int fd, u64 at, u32 bytes, u64 *val)
{
	u8 le[8] = { 0 };
	ssize_t n = pread(fd, le, bytes, (off_t)at);

	if (n != (ssize_t)bytes) {
		*val = ~0ULL;
		return failed(n);
	}
	*val = trv_get_le64(le);
	return 0;
}

int pci_pwrite(int fd, u64 at, u32 bytes, u64 val)
{
	u8 le[8];
	ssize_t n;

	trv_put_le64(val, le);
	n = pwrite(fd, le, bytes, (off_t)at);
	return n == (ssize_t)bytes ? 0 : failed(n);
}

void pci_pread_rep(int fd, u64 at, u32 bytes, void *buf, u32 n)
{
	for (u8 *to = buf; n; n--, to += bytes) {
		if (pread(fd, to, bytes, (off_t)at) != (ssize_t)bytes)
			memset(to, 0xff, bytes);
	}
}

void pci_pwrite_rep(int fd, u64 at, u32 bytes, const void *buf, u32 n)
{
	for (const u8 *from = buf; n; n--, from += bytes) {
		if (pwrite(fd, from, bytes, (off_t)at) < 0)
			return;
	}
}

int pci_dma_size(struct user_item *item, u64 unit, u64 *size, struct trv_user_error *err)
{
	int rc;

	*size = PCI_DMA_DEFAULT;
	rc = user_opt_number(item, "dma", 4096, PCI_DMA_MAX, size, err);
	*size = TRV_ALIGN_UP(*size, unit);
	return rc;
}
