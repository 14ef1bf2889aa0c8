/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Drivers in an ordinary process: from a line that names hardware to a device
 * a driver is bound to. What a disk does from there on is in disk.h.
 *
 *	struct trv_host *host;
 *	int rc = trv_user_open("qemu:piix3-ide,disk0=d.img", NULL, &host);
 *	if (!rc)
 *		rc = trv_user_bind(trv_user_dev(host, 0), NULL);
 *	...
 *	trv_user_close(host);
 *
 * All of it is task context and sleeps. A host belongs to one thread at a
 * time; requests to its disks may come from any.
 */
#ifndef TRIVET_USER_H
#define TRIVET_USER_H

#include <trivet/driver.h>
#include <trivet/record.h>

/** struct trv_host - where devices are found: a QEMU of our own, a socket */
struct trv_host;

/** struct trv_user_error - why an open failed: what, which, and what to do, in one line */
struct trv_user_error {
	char text[512];
};

/**
 * trv_user_open() - start or attach to the hardware @spec names
 *
 *	qemu:MODEL[,key=value...][+MODEL...]	a stock QEMU, started for us
 *	qtest:SOCKET,addr=DEV.FN,ram=FILE[,key=value...]	one somebody else started
 *	vfio:0000:00:03.0[,key=value...][+...]	devices of this machine, behind its IOMMU
 *	uio:0000:00:03.0[,key=value...][+...]	the same without one
 *
 * os/linux-user/README.md lists the keys. -EINVAL for a @spec that makes no
 * sense, -ENODEV when the hardware is not there or did not come up, -EBUSY
 * when somebody else has it, -EACCES and -EPERM for a privilege that is
 * missing, -ENOMEM for memory or a limit, -ETIMEDOUT; @err (may be NULL) then
 * says more, and what to do.
 */
int trv_user_open(const char *spec, struct trv_user_error *err, struct trv_host **host)
	TRV_MUST_CHECK;

/** trv_user_close() - unbind what is bound, end what was started; nothing is left behind */
void trv_user_close(struct trv_host *host);

/** trv_user_dev() - the devices in the order of @spec; NULL after the last */
struct trv_dev *trv_user_dev(struct trv_host *host, u32 index);

/**
 * trv_user_bind() - probe with @drv, or with the first driver that matches (NULL)
 *
 * -EBUSY when bound, -ENODEV when nothing matches or the device is gone, else
 * what probe returned. trv_user_unbind() removes; bound or not.
 */
int trv_user_bind(struct trv_dev *dev, const struct trv_driver *drv) TRV_MUST_CHECK;
void trv_user_unbind(struct trv_dev *dev);

/** trv_user_suspend(), trv_user_resume(), trv_user_shutdown() - as a system would */
int trv_user_suspend(struct trv_dev *dev) TRV_MUST_CHECK;
int trv_user_resume(struct trv_dev *dev) TRV_MUST_CHECK;
void trv_user_shutdown(struct trv_dev *dev);

/** trv_user_option() - what trv_option(@name) will find; -ENOMEM */
int trv_user_option(struct trv_dev *dev, const char *name, u32 val) TRV_MUST_CHECK;

/** trv_user_option_unused() - the first option no driver of @dev has asked for; NULL: none is left */
const char *trv_user_option_unused(const struct trv_dev *dev);

/** trv_user_unplug() - pull the hardware out, for tests: every device of @host is gone */
void trv_user_unplug(struct trv_host *host);

/**
 * trv_user_on_gone() - have @fn called once for each device that goes from now on; NULL: nobody
 *
 * On a thread of the device's, which @fn does not keep for long and from which no host is closed: whoever
 * has the host open is to do that soon, for with vfio the kernel waits for it. When this returns the
 * former @fn is not running.
 */
void trv_user_on_gone(void (*fn)(struct trv_dev *dev, void *arg), void *arg);

/**
 * trv_user_dma_buf() - memory the device reaches without a copy, for data of trv_disk_submit()
 *
 * NULL when there is no room. Any other memory works as well, and is copied.
 */
void *trv_user_dma_buf(struct trv_dev *dev, size_t size) TRV_MUST_CHECK;
void trv_user_dma_buf_free(struct trv_dev *dev, void *buf, size_t size);

/**
 * trv_user_on_log() - hand each line to @fn instead of standard error; any thread
 *
 * @fn NULL is standard error again, where lines above @max_level are left out.
 */
void trv_user_on_log(void (*fn)(const struct trv_dev *dev, enum trv_log_level level,
				const char *line, void *arg),
		     void *arg);
void trv_user_log_level(enum trv_log_level max_level);

/** struct trv_user_event - one trv_trace() */
struct trv_user_event {
	u64 ns;
	const char *event;
	u64 a, b;
};

/** trv_user_trace() - the last events of @dev, oldest first, at most @max; how many */
u32 trv_user_trace(struct trv_dev *dev, struct trv_user_event *events, u32 max);

/**
 * struct trv_user_interrupts - what a vector of trv_irq_alloc() has brought since then
 * @calls:    of its handler
 * @unwanted: those of them that found nothing to do: another's on a shared line, or strays
 */
struct trv_user_interrupts {
	u64 calls;
	u64 unwanted;
};

/** trv_user_interrupts() - false when the device has no such vector now */
bool trv_user_interrupts(struct trv_dev *dev, u32 vec, struct trv_user_interrupts *counts)
	TRV_MUST_CHECK;

/** struct trv_user_transport - one way to reach hardware: how its specifications begin */
struct trv_user_transport {
	const char *prefix;
	const char *args;
	const char *what;
};

/** trv_user_transport() - those of this build by index; NULL after the last */
const struct trv_user_transport *trv_user_transport(u32 index);

/*
 * Entries inlined into a driver, and structures it shares with the leg: a
 * driver and a program with different numbers here do not fit together.
 */
#define TRV_USER_ABI 2

/**
 * struct trv_user_module - drivers in a shared object of their own
 *
 * trivet.mk gives each one such object, by the name trv_user_module. @abi
 * stays first in every version; the table is from @first to before @end.
 */
struct trv_user_module {
	u32 abi;
	const char *version;
	const struct trv_driver *const *first;
	const struct trv_driver *const *end;
};

/**
 * trv_user_load() - drivers built with trivet.mk; they stay until the process ends
 *
 * -ENOENT and the like when the file cannot be read, -ENOEXEC when it is not such an object or
 * does not fit this program; @err (may be NULL) then says more. For trv_user_bind().
 */
int trv_user_load(const char *path, struct trv_user_error *err,
		  const struct trv_user_module **module) TRV_MUST_CHECK;

/**
 * struct trv_user_sandbox - what a process goes on with besides its devices
 * @user:   whom root becomes, a name or number; NULL: "trivet" where there is one, else "nobody"
 * @demand: an error, rather than go on without one of the layers
 * @serves: it accepts, sends and receives by sockets that are open already
 */
struct trv_user_sandbox {
	const char *user;
	bool demand;
	bool serves;
};

/**
 * trv_user_sandbox() - give up all that the hosts that are open do not need; there is no way back
 *
 * Root becomes @how's user, without groups. Every thread loses its capabilities, the bounding set
 * (where that may be) and the ability to gain any; can name no file any more (Landlock), nor open
 * one, start a process or connect to anything (a filter of system calls). What is open stays:
 * descriptors, devices, drivers to bind to them, disks, recordings. Hosts that are open can be
 * closed, and leave nothing; others cannot be opened afterwards.
 *
 * @how may be NULL: as usual. A layer that this build or kernel does not have is said in the log, or
 * (@demand) -EOPNOTSUPP. So are those that would break a tool: none of them under valgrind; of a
 * build with a sanitizer, user and capabilities alone; with a debugger attached, no filter.
 * -EINVAL when there is no such user, -EPERM when this one cannot become it; -EBUSY for a second
 * call, or a thread that blocks SIGURG, by which the others are reached: sleeping calls of theirs
 * may end in EINTR. After another error than -EINVAL some layers may be there, and the process had
 * better end. In the calls of an application that are its own it meets EPERM and EACCES.
 */
int trv_user_sandbox(const struct trv_user_sandbox *how, struct trv_user_error *err) TRV_MUST_CHECK;

/** trv_user_sandbox_built() - the libraries it was built with, "libcap-ng libseccomp"; "" for none */
const char *trv_user_sandbox_built(void);

/** trv_user_misuses() - how often a driver was seen to break a contract, in this process */
u32 trv_user_misuses(void);

#endif /* TRIVET_USER_H */
