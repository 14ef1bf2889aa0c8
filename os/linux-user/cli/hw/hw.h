/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The verbs of the trivet command about the PCI devices of this machine: who
 * drives them, who uses them, and giving them to a driver in a process.
 */
#ifndef TRIVET_USER_CLI_HW_H
#define TRIVET_USER_CLI_HW_H

#include <limits.h>
#include <sys/types.h>

#include <os/linux-user/cli/cli.h>

enum { HW_NAME = 64 };

/** struct hw_path - a path, whole or empty */
struct hw_path {
	char s[PATH_MAX];
};

/** struct hw_list - lines of text; what is not there for lack of memory ended the command */
struct hw_list {
	char **at;
	u32 n;
};

/**
 * struct hw_dev - a PCI device, as libpci knows it
 * @name:  0000:00:02.0
 * @group: its IOMMU group; empty: none
 * @numa:  its node, -1: none
 * @what:  vendor and device in words
 */
struct hw_dev {
	char name[24];
	struct trv_pci_ident ident;
	char group[16];
	int numa;
	char what[160];
};

/** struct hw_devs - some of them, in order of their names */
struct hw_devs {
	struct hw_dev *at;
	u32 n;
};

/* root.c: files of the kernel, or those below --sysfs-root */

/** hw_root_set() - CLI_OK, or an exit code after it complained */
int hw_root_set(const char *dir);
/** hw_rooted() - is it another than / ? */
bool hw_rooted(void);
/** hw_path() - of "sys/...", "proc/...", "dev/..." or "run/..." */
struct hw_path hw_path(const char *fmt, ...) TRV_PRINTF(1, 2);
/** hw_below() - @dir is whole already */
struct hw_path hw_below(const char *dir, const char *name);
/** hw_read() - a file's first line; 0 or a negative error */
int hw_read(const struct hw_path *path, char *text, size_t len);
/** hw_link() - the last part of what a link points to, empty when there is none */
void hw_link(const struct hw_path *path, char *name, size_t len);
/** hw_exists() */
bool hw_exists(const struct hw_path *path);
/** hw_names() - of a directory, in order; 0 or a negative error */
int hw_names(const struct hw_path *dir, struct hw_list *names);

/* list.c */

void hw_list_add(struct hw_list *list, const char *fmt, ...) TRV_PRINTF(2, 3);
void hw_list_free(struct hw_list *list);

/* pci.c, or nopci.c where there is no libpci */

/** hw_pci_built - with libpci? */
extern const bool hw_pci_built;
/**
 * hw_scan() - the devices that lspci's -s @slot and -d @id choose; NULL: any
 *
 * CLI_OK, or an exit code after it complained. Free @devs->at either way.
 */
int hw_scan(const char *slot, const char *id, struct hw_devs *devs);

/* dev.c: facts about a device, as they are now */

#define HW_VFIO "vfio-pci"
#define HW_UIO "uio_pci_generic"

/** hw_driver() - who drives it; empty: nobody */
void hw_driver(const char *dev, char *name, size_t len);
/** hw_override() - the one driver it may have; empty: any */
void hw_override(const char *dev, char *name, size_t len);
/** hw_is_ours() - is the driver one that lends devices to processes? */
bool hw_is_ours(const char *driver);
/** hw_group() - names of all devices of the group */
void hw_group(const struct hw_dev *dev, struct hw_list *names);
/** hw_nodes() - the files in /dev that lend it to a process, as "/dev/vfio/3" */
void hw_nodes(const struct hw_dev *dev, struct hw_list *nodes);

/* use.c, use_block.c, use_net.c, use_open.c: who uses a device */

/**
 * struct hw_uses - who does
 * @certain: one line for each use
 * @unknown: what could not be found out, and why
 */
struct hw_uses {
	struct hw_list certain;
	struct hw_list unknown;
};

void hw_uses(const struct hw_dev *dev, struct hw_uses *uses);
void hw_uses_free(struct hw_uses *uses);
/** hw_use_block(), hw_use_net() - of a disk or partition; of an interface */
void hw_use_block(const char *name, const char *number, struct hw_uses *uses);
void hw_use_net(const char *name, struct hw_uses *uses);
/** hw_use_open() - processes that have one of the @files open, or a resource of @dev in sysfs */
void hw_use_open(const struct hw_list *files, const char *dev, struct hw_uses *uses);

/* record.c: who drove a device before, in /run/trivet/bind */

/**
 * struct hw_record
 * @driver, @override: as hw_driver() and hw_override() had them
 * @anyone:            not known: whoever the kernel finds is right
 * @vendor, @device:   the device was that one
 * @owners:            "UID GID PATH", files that were given away
 */
struct hw_record {
	char driver[HW_NAME];
	char override[HW_NAME];
	bool anyone;
	u16 vendor, device;
	struct hw_list owners;
};

/** hw_record_load() - -ENOENT: none, or of another device at this place; 0, or another error */
int hw_record_load(const struct hw_dev *dev, struct hw_record *rec);
void hw_record_free(struct hw_record *rec);
/** hw_record_save(), hw_record_drop() - steps, see below */
int hw_record_save(const struct hw_dev *dev, const struct hw_record *rec);
int hw_record_drop(const struct hw_dev *dev);

/* step.c: what changes the machine; each is printed in place of being done with --dry-run */

/** hw_steps() - print only; how long the kernel may take for one */
void hw_steps(bool dry_run, unsigned long seconds);
bool hw_dry_run(void);
/**
 * hw_lock() - from here to the end of the process no other trivet changes a device, nor looks whether
 * it may; CLI_OK, or an exit code after it complained. Nothing with --dry-run.
 */
int hw_lock(void);
/** hw_write() - CLI_OK, or an exit code after it complained */
int hw_write(const struct hw_path *path, const char *text);
/** hw_mkdir() - with those above it */
int hw_mkdir(const struct hw_path *path);
/** hw_replace() - a file with that text, or the one that was there */
int hw_replace(const struct hw_path *path, const char *text);
int hw_remove(const struct hw_path *path);
/** hw_chown() - @gid: -1 for the one it has */
int hw_chown(const struct hw_path *path, uid_t uid, gid_t gid);
/** hw_print_path() - as a word of a shell's */
void hw_print_path(const struct hw_path *path);
/** hw_wait_driver() - until @dev has it (empty: none); false: not in time */
bool hw_wait_driver(const char *dev, const char *driver);
/** hw_wait_exists() - true at once with --dry-run */
bool hw_wait_exists(const struct hw_path *path);

/* args.c: what the verbs' command lines share */

/** struct hw_args - options; not each verb has all */
struct hw_args {
	const char *slot, *id, *user;
	bool json, dry_run, force;
	unsigned long seconds;
};

#define HW_OPT_FILTER { "slot", required_argument, NULL, 's' }, { "id", required_argument, NULL, 'd' }
#define HW_OPT_JSON { "json", no_argument, NULL, 'j' }
#define HW_OPT_DRY_RUN { "dry-run", no_argument, NULL, 'n' }
#define HW_OPT_FORCE { "force", no_argument, NULL, 'f' }
#define HW_OPT_USER { "user", required_argument, NULL, 'u' }
#define HW_OPT_TIMEOUT { "timeout", required_argument, NULL, 't' }
#define HW_OPT_END { "sysfs-root", required_argument, NULL, 'R' }, { "help", no_argument, NULL, 'h' }, { 0 }

/** hw_options() - -1: they are in @args; else the exit code */
int hw_options(int argc, char **argv, const char *shorts, const struct option *longs,
	       struct hw_args *args);
/** hw_choose() - devices named from argv[first] on and by filters, each once; else an exit code */
int hw_choose(const struct hw_args *args, int argc, char **argv, int first, struct hw_devs *devs);
/**
 * hw_each() - a verb: do @one to each device that the arguments name, when @may says 0 of all
 * @may:     else an exit code, the reason said
 * @in_use:  what is said when one of those was CLI_BUSY
 */
int hw_each(int argc, char **argv, int (*may)(const struct hw_dev *dev, bool force),
	    int (*one)(const struct hw_dev *dev), const char *in_use);
/** hw_refuse() - complain about uses; CLI_OK when there are none or force */
int hw_refuse(const struct hw_dev *dev, const struct hw_uses *uses, bool force);

#endif /* TRIVET_USER_CLI_HW_H */
