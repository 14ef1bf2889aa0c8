// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The machine's memory, mapped here as well; and the code its processor finds at reset. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <os/linux-user/qemu/qemu.h>

#define BIOS_SIZE 65536
#define RESET_VECTOR (BIOS_SIZE - 16)

int qemu_bios(void)
{
	static const u8 stop[] = { 0xfa, 0xf4, 0xeb, 0xfd }; /* cli; hlt; jmp to the hlt */
	int fd = memfd_create("bios", MFD_CLOEXEC);

	if (fd < 0)
		return -ENOMEM;
	if (ftruncate(fd, BIOS_SIZE) ||
	    pwrite(fd, stop, sizeof(stop), RESET_VECTOR) != (ssize_t)sizeof(stop)) {
		close(fd);
		return -ENOMEM;
	}
	return fd;
}

/* CPU and device see the same alignment: address 0 of the machine is at a multiple of it. */
int qemu_ram_map(struct qemu *q, struct trv_user_error *err)
{
	u8 *base = user_pool_reserve(q->ram_size, USER_POOL_ALIGN);

	if (!base)
		return user_error(err, -ENOMEM, "no address space for %llu bytes",
				  (unsigned long long)q->ram_size);
	if (mmap(base, q->ram_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, q->ram_fd, 0) ==
	    MAP_FAILED) {
		munmap(base, q->ram_size);
		return user_error(err, -ENOMEM, "cannot map the memory of QEMU: %s",
				  strerror(errno));
	}
	q->ram = base;
	return user_pool_init(&q->host.pool, base + QEMU_LOW_RAM, QEMU_LOW_RAM,
			      q->ram_size - QEMU_LOW_RAM);
}

void qemu_ram_unmap(struct qemu *q)
{
	user_pool_exit(&q->host.pool);
	if (q->ram)
		munmap(q->ram, q->ram_size);
	q->ram = NULL;
}
