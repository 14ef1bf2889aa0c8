/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Devices: PCI functions with a model behind them.
 *
 * A model is a struct sim_model plus C: what the driver sees are the bar ops;
 * what a test turns are functions of the model's own header. It knows nothing
 * of os.h's entries and keeps all state in memory from sim_own().
 */
#ifndef TRIVET_SIM_DEV_H
#define TRIVET_SIM_DEV_H

#include <trivet/driver.h>
#include <core/core.h>
#include <os/test-sim/machine.h>

/**
 * struct sim_odd - a value that a register of a broken device may read as
 * @bar, @off: which register
 * @clear, @set: bits of the true value that read as zero, and as one
 */
struct sim_odd {
	u32 bar, off;
	u32 clear, set;
};

/**
 * struct sim_model - a kind of device
 * @create:   set up identity, BARs, capabilities (sim_pci_*) and state, from @opts
 *            ("disk0=mem:64M,disk1=file:b.img"); -EINVAL with sim_opt_error() called
 * @reset:    power-on or function reset: registers to their (dirty, where the
 *            datasheet lets them be) initial values
 * @read:     a read of @bytes at @off of BAR @bar, already checked against
 *            bounds, width and the register table. Little-endian value.
 * @write:    likewise
 * @read_rep: @n reads of a FIFO into @buf in one go, or NULL to have @read called n times
 * @write_rep: likewise
 * @cfg_write: told after a configuration write took effect; may be NULL
 * @odd:      what its registers may read as when it is broken, beyond the lies that
 *            any register tells (lie.c); ends with one whose set and clear are 0
 * @unplug:   gone from the slot: no event, DMA or interrupt any more
 * @close:    end of the world: flush and close host files; no other cleanup is needed
 * @image:    a digest of what the device keeps, for the hash of the run; may be NULL
 */
struct sim_model {
	const char *name;
	const char *description;
	const char *options;
	const struct sim_odd *odd;
	int (*create)(struct trv_dev *dev, const char *opts);
	void (*reset)(struct trv_dev *dev);
	u64 (*read)(struct trv_dev *dev, u32 bar, u32 off, u32 bytes);
	void (*write)(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val);
	void (*read_rep)(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n);
	void (*write_rep)(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf, u32 n);
	void (*cfg_write)(struct trv_dev *dev, u32 off, u32 bytes);
	void (*unplug)(struct trv_dev *dev);
	void (*close)(struct trv_dev *dev);
	u64 (*image)(struct trv_dev *dev);
};
#define SIM_MODEL(m)                                \
	const struct sim_model *const sim_model_##m \
		__attribute__((used, section("sim_models"))) = &(m)

enum sim_bar_kind {
	SIM_BAR_NONE,
	SIM_BAR_MEM32,
	SIM_BAR_MEM64, /* takes the next index too */
	SIM_BAR_IO,
	SIM_BAR_LEGACY, /* fixed ports of a compatibility-mode IDE: mappable, absent from config space */
};

struct sim_bar {
	enum sim_bar_kind kind;
	u32 size;
	u16 maps; /* live mappings */
	u16 gen;
	const struct sim_site *site; /* mapped here */
	bool on;		     /* decoded: the command bit is set and the address its own */
	bool msix; /* holds the MSI-X table: the interrupt code's, not the driver's */
	u64 addr;
	const struct trv_regtable *regs; /* access rules; NULL: the model checks itself */
	const struct sim_regindex *index;
	u64 *seen;   /* by register: bits ever read as one */
	bool clears; /* some register of @regs is read-to-clear */
};

#define SIM_CFG_SIZE 256

struct sim_regindex;  /* mmio's */
struct sim_posted;    /* mmio's */
struct sim_liar;      /* lie's */
struct sim_irq_state; /* machine's */
struct sim_dma_state; /* dma's */

/** struct trv_dev - a PCI function in its slot */
struct trv_dev {
	struct trv_dev_core core; /* the core's part: driver, private memory, disks */
	const struct sim_model *model;
	void *state; /* the model's */
	char name[16];
	u32 slot;
	struct trv_pci_ident ident;
	struct sim_bar bars[TRV_PCI_BARS];
	u8 cfg[SIM_CFG_SIZE];
	u8 cfg_wmask[SIM_CFG_SIZE]; /* bits the driver may change */
	u8 cfg_w1c[SIM_CFG_SIZE];   /* bits written as one to clear */
	u8 cfg_reset[SIM_CFG_SIZE]; /* as after power-on or a function reset */
	/* The task that read here last and wrote nothing since. */
	const void *cfg_reader[SIM_CFG_SIZE / 4];
	u32 cap_msi, cap_msix, cap_exp, cap_end;
	u32 cap_last; /* offset of the byte that links to the next capability */
	u32 n_msi, n_msix;
	bool has_intx, has_legacy, has_flr;
	bool gone;			 /* unplugged */
	bool hostile;			 /* a hostile deviation happened: referees stand down */
	bool unexplained;		 /* it interrupted for a reason no register gives */
	u32 living;			 /* calls of life.c that are under way */
	u64 reads, writes, cfg_accesses; /* register accesses, for tables (rep counts each) */
	struct {
		char name[32];
		u32 val;
		bool asked; /* for, by the driver */
	} options[16];
	u32 n_options;
	const char *fault;		       /* the fault point that fires */
	void (*recovery)(struct trv_dev *dev); /* see sim_recover_with() */
	struct {
		bool running;
		bool master_off;
		u32 reached; /* highest rank, see sim_teardown_step() */
		const char *what;
	} teardown;
	u64 log_window;
	u32 log_lines, log_dropped;
	u32 log_errors;	      /* lines of that level, those dropped among them */
	u64 reset_until;      /* 0: not in reset; no BAR is on until this is over */
	const char *reset_by; /* the datasheet's words */
	struct sim_posted *posted;
	struct sim_liar *liar;
	struct sim_irq_state *irq;
	struct sim_dma_state *dma;
	struct trv_dev *next;
};

/* ---- for create() -------------------------------------------------------- */
void sim_pci_ident(struct trv_dev *dev, const struct trv_pci_ident *ident);
void sim_pci_bar(struct trv_dev *dev, u32 bar, enum sim_bar_kind kind, u32 size,
		 const struct trv_regtable *regs);
void sim_pci_intx(struct trv_dev *dev, u8 pin);
void sim_pci_msi(struct trv_dev *dev, u32 vectors);
void sim_pci_msix(struct trv_dev *dev, u32 vectors);
void sim_pci_legacy_irq(struct trv_dev *dev);
void sim_pci_flr(struct trv_dev *dev);
/** sim_pci_cfg() - initial value and driver-writable bits of @bytes of configuration space */
void sim_pci_cfg(struct trv_dev *dev, u32 off, u32 bytes, u32 val, u32 wmask);
u32 sim_pci_cfg_get(const struct trv_dev *dev, u32 off, u32 bytes);
/** sim_pci_cfg_set() - change what the driver reads there, from the device's side */
void sim_pci_cfg_set(struct trv_dev *dev, u32 off, u32 bytes, u32 val);

/* ---- for models, while the device runs ----------------------------------- */

/** sim_pci_master() - may the device start DMA or send a message? (command register) */
bool sim_pci_master(const struct trv_dev *dev);
/** sim_pci_messages() - how many MSI or MSI-X vectors the driver has enabled; 0: use the line */
u32 sim_pci_messages(const struct trv_dev *dev);

/**
 * sim_reset_hold() - the device begins to reset itself: for @ns it is left alone
 * @section: where the datasheet says so, for the report
 *
 * A register access before that is over is REG_RESET. The model's reset() takes no time.
 */
void sim_reset_hold(struct trv_dev *dev, u64 ns, const char *section);

/** sim_opt() - value of "key=value" in a comma-separated list, copied; NULL when absent */
char *sim_opt(const char *opts, const char *key);
/** sim_opt_check() - every key of @opts is in the space-separated @known, else false and the error set */
bool sim_opt_check(const char *opts, const char *known);
/** sim_opt_error() - what was wrong with a device specification; create() then returns an errno */
void sim_opt_error(const char *fmt, ...) TRV_PRINTF(1, 2);
const char *sim_opt_error_text(void);

/* ---- teardown ------------------------------------------------------------ */

/** enum sim_step - the driver did a step of os.h's teardown; the order of the list is the order */
enum sim_step {
	SIM_STEP_MASTER_OFF,
	SIM_STEP_IRQ_DETACH,
	SIM_STEP_TIMER_CANCEL,
	SIM_STEP_WORK_CANCEL,
	SIM_STEP_DMA_FREE,
	SIM_STEP_BAR_UNMAP,
};

/**
 * sim_teardown_step() - reported by each entry that gives something back
 *
 * While a device is removed, DMA memory is freed only with bus master off and
 * no handler attached, BARs are unmapped only when no DMA memory or mapping is
 * left, and nothing earlier in the list follows either: otherwise TEARDOWN.
 * Detach and cancels may alternate, since classes and channels keep their own
 * timers. At any time, a BAR is not unmapped under an attached handler.
 */
void sim_teardown_step(struct trv_dev *dev, enum sim_step step);

/* ---- for scenarios and runners ------------------------------------------- */
/** sim_verbose - what drivers log also goes to standard error */
extern bool sim_verbose;
/** sim_dev_first() - the devices of this world, in order of plugging; then ->next */
struct trv_dev *sim_dev_first(void);
/** sim_model_each() - in order of name */
void sim_model_each(void (*fn)(const struct sim_model *model, void *arg), void *arg);
const struct sim_model *sim_model_find(const char *name);
/** sim_plug() - "piix3-ide,disk0=mem:64M": a new device, powered on; NULL: sim_opt_error_text() */
struct trv_dev *sim_plug(const char *spec);
/** sim_plug_status() - the last sim_plug(): 0, -EINVAL for a bad specification, else create()'s error */
int sim_plug_status(void);
/** sim_bind() - match a driver and probe; its result. Probe failure must leave nothing (checked). */
int sim_bind(struct trv_dev *dev);
/** sim_bind_to() - the same with this driver, registered or not, whatever it matches */
int sim_bind_to(struct trv_dev *dev, const struct trv_driver *drv);
/** sim_unbind() - stop, remove; then everything must be given back (checked) */
void sim_unbind(struct trv_dev *dev);
/** sim_unplug() - surprise: reads answer ones from now on; the driver is not told */
void sim_unplug(struct trv_dev *dev);
int sim_suspend(struct trv_dev *dev);
int sim_resume(struct trv_dev *dev);
/** sim_shutdown() - the system goes down: the device is quiet afterwards; only sim_unbind() follows */
void sim_shutdown(struct trv_dev *dev);
/** sim_option_set() - what trv_option() will find */
void sim_option_set(struct trv_dev *dev, const char *name, u32 val);
/** sim_log_errors() - how many lines of level TRV_LOG_ERR its driver has logged */
u32 sim_log_errors(const struct trv_dev *dev);
/** sim_fault_set() - the fault point of that name, kept, fires until told otherwise; NULL: none */
void sim_fault_set(struct trv_dev *dev, const char *name);

/**
 * sim_dev_reset_all() - start of a world: no devices; closes host files of the last
 *
 * Before sim_own()'s memory is reused: the last world's devices are in it.
 */
void sim_dev_reset_all(void);

/** sim_post_flush() - writes still on their way reach the device */
void sim_post_flush(struct trv_dev *dev);

#endif /* TRIVET_SIM_DEV_H */
