/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Histories: the same scenario on our device model and on QEMU's.
 *
 * A scenario is a C function that drives one device through os.h, disk.h and
 * the API of its driver's class, one thing at a time. It is compiled for both
 * legs and knows neither: what differs between them is behind the functions
 * below (leg_sim.c, leg_user.c). What it did is recorded below os.h's entries
 * (wrap_*.c, record.c) and printed, a line an event, in a form in which
 * nothing is left of the leg: no times, no addresses.
 */
#ifndef TRIVET_TESTS_HISTORY_H
#define TRIVET_TESTS_HISTORY_H

#include <trivet/disk.h>
#include <trivet/driver.h>

enum { HIST_DRIVES = 4, HIST_SECTOR = 512, HIST_FILLED = 64 };

enum hist_kind { HIST_NONE, HIST_DISK, HIST_CD, HIST_EMPTY_CD };

/**
 * struct hist_scenario - one of them
 * @name:   "ide/pio/read-sectors"
 * @what:   what it shows, one line
 * @model:  as QEMU calls it: edu, piix3-ide, piix4-ide
 * @drive:  primary device 0 and 1, secondary device 0 and 1
 * @drive.sectors: of 512 bytes; the first HIST_FILLED read as hist_fill() of their number
 * @far:    so do eight more from here on, of each disk that is long enough
 * @bad:    one sector (on a disc, any in a block) the medium cannot read, or write
 * @rude:   it breaks rules of the standards on purpose: the simulator's referees look away
 * @option: of the driver's, a name and a value
 * @run:    the body; @dev is not bound
 */
struct hist_scenario {
	const char *name;
	const char *what;
	const char *model;
	struct {
		enum hist_kind kind;
		u64 sectors;
	} drive[HIST_DRIVES];
	u64 far;
	struct {
		bool any, write;
		u32 drive;
		u64 sector;
	} bad;
	bool rude;
	struct {
		const char *name;
		u32 val;
	} option;
	void (*run)(struct trv_dev *dev);
};

/* HIST(ide_x, "ide/x", "shows x", .model = "piix3-ide", ...) { ... } */
#define HIST(id, scenario_name, desc, ...)                                     \
	static void id(struct trv_dev *dev);                                   \
	static const struct hist_scenario hist_##id = {                        \
		.name = scenario_name, .what = desc, .run = id, __VA_ARGS__    \
	};                                                                     \
	static const struct hist_scenario *const hist_ptr_##id                 \
		__attribute__((used, section("hist_scenarios"))) = &hist_##id; \
	static void id(struct trv_dev *dev)

/** hist_each() - all that are linked in, in order of name */
void hist_each(void (*fn)(const struct hist_scenario *s, void *arg), void *arg);
const struct hist_scenario *hist_find(const char *name);
/** hist_now() - the one that runs */
const struct hist_scenario *hist_now(void);
/** hist_main() - the command line of both programs; @run puts one history onto standard output */
int hist_main(int argc, char **argv, int (*run)(const struct hist_scenario *s));

/* ---- images --------------------------------------------------------------- */

/** hist_fill() - what sector @lba of @drive holds before the scenario, @n bytes of it */
void hist_fill(void *buf, u32 n, u32 drive, u64 lba);
/** hist_image() - a file as @s wants drive @i, in a directory of this process; its path */
const char *hist_image(const struct hist_scenario *s, u32 i);
/** hist_media() - into the history: what is different in the images now; and remove them */
void hist_media(const struct hist_scenario *s);

/* ---- for scenarios: what the leg does ------------------------------------- */

/** hist_bind() - with @drv, or the first that matches (NULL); a status, which is recorded */
int hist_bind(struct trv_dev *dev, const struct trv_driver *drv) TRV_MUST_CHECK;
void hist_unbind(struct trv_dev *dev);
int hist_suspend(struct trv_dev *dev) TRV_MUST_CHECK;
int hist_resume(struct trv_dev *dev) TRV_MUST_CHECK;

/** hist_note() - a line of the scenario's own */
void hist_note(const char *fmt, ...) TRV_PRINTF(1, 2);
/** hist_pause(), hist_go_on() - how a device is brought to where a scenario begins is no history */
void hist_pause(void);
void hist_go_on(void);

#endif /* TRIVET_TESTS_HISTORY_H */
