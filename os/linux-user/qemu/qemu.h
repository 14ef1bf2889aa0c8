/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * QEMU as the hardware: its device models behind its qtest socket.
 *
 * One thread, the reader, belongs to each QEMU: it starts the child (so that
 * the child dies with us: PR_SET_PDEATHSIG is about the thread that forked),
 * reads every line the socket brings, and buries the child at the end.
 * Whatever goes wrong with the other side ends in qemu_die(): all calls under
 * way fail, all devices are gone.
 */
#ifndef TRIVET_USER_QEMU_H
#define TRIVET_USER_QEMU_H

#include <os/linux-user/spec.h>
#include <os/linux-user/user.h>

enum {
	QEMU_LINES = 24,    /* inputs of the I/O APIC */
	QEMU_MESSAGES = 32, /* vectors of the doorbell */
	QEMU_LINE_MAX = 4096,
	QEMU_BATCH = 256, /* accesses of one FIFO sent at a time */
	QEMU_DOORBELL_SLOT = 2,
	QEMU_FIRST_SLOT = 3,
	QEMU_SLOTS = 32,
	QEMU_FUNCTIONS = 8,
};

#define QEMU_START_US 30000000ULL /* until a new QEMU answers, on a busy machine */
#define QEMU_CALL_MS 10000	  /* until a running one does: option timeout= */
#define QEMU_QUIT_US 5000000ULL	  /* for writing its caches home */
#define QEMU_RAM_DEFAULT (64ULL << 20)
#define QEMU_LOW_RAM (1ULL << 20) /* ROMs and holes of a PC lie below */

/**
 * struct qtest_call - one or more commands sent together
 * @want, @got: answers
 * @val:   of the last answer
 * @buf:   NULL, or where each answer goes, @bytes of it in little-endian order
 */
struct qtest_call {
	struct qtest_call *next;
	u32 want, got;
	u64 val;
	u8 *buf;
	u32 bytes;
	int status;
	struct trv_event done;
};

/** struct qemu_dev - one of its devices; the interrupt fields under qemu.irq_lock */
struct qemu_dev {
	struct trv_dev *dev;
	u32 slot, func;
	u32 msi, msix; /* capabilities */
	enum trv_irq_kind kind;
	u32 n_vecs;
	u32 line[2];
	int fd[2];     /* of a line's vectors */
	bool held;     /* INTx: written, and not looked at again since */
	u32 message;   /* first of the doorbell's */
	int intx_line; /* what the user says, or -1 */
};

struct qemu {
	struct trv_host host;
	struct qemu_dev devs[USER_HOST_DEVS];

	/* The socket. */
	int sock;
	u64 option_us;		   /* timeout= */
	u64 call_us;		   /* atomic: how long an answer may take */
	pthread_mutex_t send_lock; /* commands and calls are in the same order */
	pthread_mutex_t call_lock;
	struct qtest_call *calls, **calls_tail;
	u32 dead;	   /* atomic */
	u32 open, closing; /* atomic: what dies before the one or after the other may */
	char reason[256];  /* under call_lock */
	char line[QEMU_LINE_MAX];
	u32 line_len;

	/* The reader, and the child. */
	pthread_t reader;
	bool reader_runs;
	struct qtest_call ping; /* the reader's own */
	bool asked;
	char **argv;	/* NULL when somebody else started it */
	char *qmp_path; /* the name of its monitor's socket: goes when it goes, however */
	int pass[4];	/* descriptors the child inherits, -1 after the last */
	pthread_mutex_t child_lock;
	s32 child; /* 0: none, or buried */
	int child_fd;
	int child_stderr;
	struct trv_event started, stop;
	int start_rc;

	/* Memory. */
	int ram_fd;
	u8 *ram;
	u64 ram_size;

	/* The machine. */
	u32 mem_next, io_next;
	bool q35;

	/* Interrupts. */
	pthread_mutex_t irq_lock;
	bool level[QEMU_LINES];
	int message_fd[QEMU_MESSAGES]; /* -1: no doorbell */
	u32 messages_used;	       /* a bit each */
	u64 doorbell;		       /* address of its register, 0: none */
	int doorbell_sock;
};

static inline struct qemu *qemu_of(const struct trv_dev *dev)
{
	return (struct qemu *)dev->host;
}

static inline struct qemu_dev *qemu_dev_of(const struct trv_dev *dev)
{
	return dev->transport;
}

static inline u64 qemu_call_us(const struct qemu *q)
{
	return __atomic_load_n(&q->call_us, __ATOMIC_RELAXED);
}

/* ---- qtest.c: the protocol ----------------------------------------------- */

/** qtest_cmd() - one command; *@val (may be NULL) is the answer's. -ENODEV when QEMU is dead, -EIO. */
int qtest_cmd(struct qemu *q, u64 *val, const char *fmt, ...) TRV_PRINTF(3, 4);
/** qtest_send() - commands in @text, answered in @call; waits */
int qtest_send(struct qemu *q, const char *text, size_t len, struct qtest_call *call);
/** qtest_post() - the same without waiting: one command */
int qtest_post(struct qemu *q, struct qtest_call *call, const char *text);
/** qtest_feed() - bytes from the socket */
void qtest_feed(struct qemu *q, const char *bytes, size_t n);
/** qemu_die() - it is over, and why; the first reason counts. Any thread. */
void qemu_die(struct qemu *q, const char *fmt, ...) TRV_PRINTF(2, 3);
bool qemu_is_dead(const struct qemu *q);

/* ---- process.c: reader and child ----------------------------------------- */

/** qemu_start() - start the child (when argv is set) and the reader */
int qemu_start(struct qemu *q, struct trv_user_error *err);
/** qemu_stop() - end both; bounded */
void qemu_stop(struct qemu *q);
/** qemu_kill() - the child, at once */
void qemu_kill(struct qemu *q);

/* ---- args.c, ram.c ------------------------------------------------------- */

/** qemu_slot() - @text is a place on the bus, "5" or "0x5.0": into @d; false when it is none */
bool qemu_slot(const char *text, struct qemu_dev *d);
/** qemu_args() - the command line for @spec, with qemu.sock's peer @sock_fd and the rest of our fds */
int qemu_args(struct qemu *q, struct user_spec *spec, int sock_fd, int bios_fd, int doorbell_fd,
	      struct trv_user_error *err);
void qemu_args_free(struct qemu *q);
/** qemu_bios() - a file that holds nothing but "stop" */
int qemu_bios(void);
int qemu_ram_map(struct qemu *q, struct trv_user_error *err);
void qemu_ram_unmap(struct qemu *q);

/* ---- pci.c --------------------------------------------------------------- */

int qemu_cfg_read(struct qemu *q, u32 slot, u32 func, u32 off, u32 bytes, u32 *val);
int qemu_cfg_write(struct qemu *q, u32 slot, u32 func, u32 off, u32 bytes, u32 val);
/** qemu_pci_bars() - size the BARs of @d and give them addresses */
int qemu_pci_bars(struct qemu *q, struct qemu_dev *d);
/** qemu_pci_line() - which input of the I/O APIC its interrupt pin drives; -1 when it has none */
int qemu_pci_line(struct qemu *q, struct qemu_dev *d);

/* ---- irq.c --------------------------------------------------------------- */

void qemu_line_event(struct qemu *q, u32 line, bool level);
u32 qemu_irq_max(struct trv_dev *dev, enum trv_irq_kind kind);
int qemu_irq_setup(struct trv_dev *dev, enum trv_irq_kind kind, u32 n, int *fds);
void qemu_irq_teardown(struct trv_dev *dev);
void qemu_irq_rearm(struct trv_dev *dev, u32 vec);
void qemu_irq_mask(struct trv_dev *dev, u32 vec, bool mask);
/** qemu_irq_restore() - after a reset of the function: what is not in configuration space */
int qemu_irq_restore(struct trv_dev *dev);
/** qemu_doorbell_open() - the socket for QEMU's end; -errno */
int qemu_doorbell_open(struct qemu *q);
int qemu_doorbell_find(struct qemu *q);
void qemu_doorbell_close(struct qemu *q);

/* ---- msix.c -------------------------------------------------------------- */

/** qemu_msix_max() - entries of its table, as far as we have messages; 0: it has no MSI-X */
u32 qemu_msix_max(struct trv_dev *dev);
/** qemu_msix_program() - the first @n entries write @data, @data + 1... to @addr; and go */
int qemu_msix_program(struct trv_dev *dev, u32 n, u64 addr, u32 data);
void qemu_msix_off(struct trv_dev *dev);

/* ---- host.c -------------------------------------------------------------- */

int qemu_open(struct user_spec *spec, struct trv_user_error *err, struct trv_host **host);
int qemu_attach(struct user_spec *spec, struct trv_user_error *err, struct trv_host **host);
extern const struct user_transport qemu_transport;

#endif /* TRIVET_USER_QEMU_H */
