/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The user leg, to itself.
 *
 * Threads: the application's; for each device a loop (timers, and with some
 * transports interrupt handlers), listeners (a vector's handler) and workers
 * (work, deferred interrupt functions); what a transport needs. A device's lock covers its timers, works and vectors and is a leaf:
 * no code of a driver or of a transport runs under it.
 */
#ifndef TRIVET_USER_PRIV_H
#define TRIVET_USER_PRIV_H

#include <pthread.h>

#include <core/core.h>
#include <os/linux-user/transport.h>

enum {
	USER_VECS = 32,
	USER_WORKERS = 16, /* of a device: works that sleep do not keep others waiting */
	USER_CFG_SIZE = 256,
};

/* ---- contexts: check.c --------------------------------------------------- */

enum user_ctx { USER_TASK, USER_TIMER, USER_HANDLER };

/**
 * struct user_thread - what this thread may do now
 * @ctx:      whose function it runs
 * @atomic:   spinlocks held and atomic ops of a class entered
 * @irqs_off: irqsave sections
 * @bh_off:   bh sections
 * @worker:   it runs works
 * @turn:     user_turn_take() of that device
 */
struct user_thread {
	enum user_ctx ctx;
	u32 atomic;
	u32 irqs_off;
	u32 bh_off;
	const char *op[8]; /* trv_check_enter(), innermost last */
	bool op_atomic[8];
	u32 n_ops;
	s32 tid;
	bool worker;
	const struct trv_dev *turn;
};

struct user_thread *user_self(void);
s32 user_tid(void);
/** user_ctx_enter(), user_ctx_leave() - run a handler or timer function in between */
void user_ctx_enter(enum user_ctx ctx);
void user_ctx_leave(void);
/** user_may_sleep() - report when the caller may not; @what is the entry's name */
void user_may_sleep(struct trv_dev *dev, const char *what);
/** user_misuse() - report; @dev may be NULL */
void user_misuse(const struct trv_dev *dev, const char *fmt, ...) TRV_PRINTF(2, 3);

/* ---- devices ------------------------------------------------------------- */

/**
 * struct user_bar - one base address register
 * @len:  0 when there is none
 * @addr: on the bus; a transport's own business
 * @base: mapped memory, NULL when accesses go through the transport
 * @io:   first port once ioperm() was granted, else 0
 */
struct user_bar {
	u64 addr;
	u32 len;
	bool port;
	bool taken;
	volatile u8 *base;
	u32 io;
};

/** struct user_vec - one interrupt vector; all of it under the device's lock */
struct user_vec {
	const struct trv_irq_handler *handler;
	void *arg;
	const char *name;
	int fd;
	bool running;
	bool pending;  /* raised while it was held back */
	bool disabled; /* nobody cared */
	u32 masked;
	u64 calls, unwanted; /* struct trv_user_interrupts */
	u32 unhandled;	     /* in a row */
	u64 unhandled_since;
	struct trv_dev *dev;
	struct trv_work deferred;
	void (*deferred_fn)(void *arg);
	u32 rounds;			/* of the deferred function */
	struct user_listener *listener; /* NULL: the loop watches @fd. Of alloc and free alone. */
};

/** struct user_worker - a thread that runs works, and which one it runs */
struct user_worker {
	struct trv_dev *dev;
	pthread_t thread;
	const struct trv_work *running;
};

struct user_option {
	struct user_option *next;
	u32 val;
	bool asked;
	char name[];
};

/* Whose it is. USER_DMA_PARTS: by a sync, some of it is the CPU's. */
enum user_dma_owner { USER_DMA_DEVICE, USER_DMA_CPU, USER_DMA_PARTS };

/**
 * struct user_dma - memory a device may reach: behind trv_dma_mem.leg and trv_dma_map.leg
 * @bounce: the device works on this copy; NULL: on @cpu itself
 * @cpu_len: bytes that syncs have made the CPU's, if none was made so twice
 * @by:     where it was allocated or mapped
 */
struct user_dma {
	void *cpu;
	void *bounce;
	u64 iova;
	size_t len, cpu_len;
	bool streaming;
	enum trv_dma_dir dir;
	enum user_dma_owner owner;
	const void *by;
	struct user_dma *next, **at; /* under the device's lock */
};

enum { USER_TRACE_LEN = 1024 };

/** struct trv_dev - one device */
struct trv_dev {
	char name[16];
	struct trv_pci_ident ident;
	struct trv_dev_core core;
	struct trv_host *host;
	const struct user_transport *ops;
	void *transport; /* the transport's own */
	struct trv_dma_limits lim;
	struct user_bar bars[TRV_PCI_BARS];
	u32 gone;		   /* atomic; once 1 always 1 */
	struct trv_work gone_work; /* tells the class */
	pthread_mutex_t life_lock; /* bind to unbind: one call at a time */
	pthread_mutex_t cfg_lock;  /* read-modify-write of configuration space */

	pthread_mutex_t lock;
	pthread_cond_t settled; /* a handler, timer or work function has returned */
	u32 orphans;		/* listeners that nobody joins */

	/* The loop. */
	pthread_t loop;
	bool loop_runs;
	pthread_mutex_t turn; /* a handler or timer function runs; outside all locks but a driver's */
	int epoll_fd, timer_fd, stop_fd;
	struct trv_timer *timers; /* by due */
	struct trv_timer *timer_running;

	/* The workers. */
	struct user_worker workers[USER_WORKERS];
	u32 n_workers, idle;
	bool stopping;
	pthread_cond_t work_cond;
	struct trv_work *works, **works_tail;

	/* Interrupts. */
	enum trv_irq_kind irq_kind;
	u32 n_vecs;
	u32 irq_generation;
	struct user_vec vecs[USER_VECS];

	/* What it has taken, for the report at the end. */
	u32 allocs; /* atomic */
	struct user_dma *dma;

	/* Log and trace. */
	pthread_mutex_t log_lock;
	u64 log_window;
	u32 log_lines, log_dropped;
	struct trv_user_event *events;
	u64 n_events;
	struct user_option *options;
};

#define USER_POOL_ALIGN (2u << 20)

/**
 * struct user_pool - memory that host and device share
 * @base, @iova: where CPU and device see it; alike modulo USER_POOL_ALIGN
 * @size: from the first byte to the last; there may be holes
 */
struct user_pool {
	u8 *base;
	u64 iova;
	size_t size;
	pthread_mutex_t lock;
	struct user_extent *free, *parts; /* by address: what is free, and what is memory */
};

enum { USER_HOST_DEVS = 8 };

/** struct trv_host - transports embed it */
struct trv_host {
	const struct user_transport *ops;
	struct user_pool pool;
	struct trv_dev *devs[USER_HOST_DEVS];
	u32 n_devs;
	u32 recording; /* atomic: record.h */
	struct user_recorder *recorder;
	bool listed; /* trv_user_open() has returned it */
	struct trv_host *next;
};

/** user_dev_new() - with loop and a worker running; the transport fills in the rest first */
int user_dev_start(struct trv_dev *dev);
void user_dev_stop(struct trv_dev *dev);
struct trv_dev *user_dev_alloc(struct trv_host *host, void *transport, const char *name);
void user_dev_free(struct trv_dev *dev);
bool user_dev_gone(const struct trv_dev *dev);
void user_dev_set_gone(struct trv_dev *dev);

/** user_hosts - those that are open, for debuggers to find */
extern struct trv_host *user_hosts;
/** user_each_host() - none of them goes meanwhile; @fn opens and closes none */
void user_each_host(void (*fn)(struct trv_host *host, void *arg), void *arg);
/** user_host_opened() - @host is one of them until trv_user_close() */
void user_host_opened(struct trv_host *host);

int user_error(struct trv_user_error *err, int rc, const char *fmt, ...) TRV_PRINTF(3, 4);

/* ---- parts --------------------------------------------------------------- */

/* loop.c */
int user_loop_start(struct trv_dev *dev);
void user_loop_stop(struct trv_dev *dev);
int user_loop_watch(struct trv_dev *dev, int fd, u32 vec);
void user_loop_unwatch(struct trv_dev *dev, int fd);
/** user_loop_notice() - call the transport's notice(@which) when @fd is written, until the loop stops */
int user_loop_notice(struct trv_dev *dev, int fd, u32 which);
/**
 * user_turn_take(), user_turn_give() - in between, and nowhere else, handlers and timer functions run
 * user_has_turn() - the caller is called by one of them
 */
void user_turn_take(struct trv_dev *dev);
void user_turn_give(struct trv_dev *dev);
bool user_has_turn(const struct trv_dev *dev);
int user_thread_start(pthread_t *thread, const char *name, void *(*fn)(void *arg), void *arg);

/* timer.c: with the turn */
void user_timers_run(struct trv_dev *dev);
/* listen.c */
/** user_listen() - a thread that reads vector @vec's descriptor, and calls user_irq_fire(@tag) */
int user_listen(struct trv_dev *dev, u32 vec, u32 tag, struct user_listener **listener);
/** user_listen_end() - it has, and @l is no more. The descriptor stays. */
void user_listen_end(struct user_listener *l);
/** user_listen_wait() - until those have ended, too, that were told to by their own handlers */
void user_listen_wait(struct trv_dev *dev);
/* irq.c: with the turn */
void user_irq_fire(struct trv_dev *dev, u32 tag);
/** user_irq_name_work() - if @w is the work of a deferred function: which, into @fact */
void user_irq_name_work(const struct trv_dev *dev, const struct trv_work *w, struct trv_fact *fact);

/* work.c */
int user_workers_start(struct trv_dev *dev);
void user_workers_stop(struct trv_dev *dev);
/** user_work_load() - 1 when it is queued or runs, 2 when both. With the device's lock held. */
u32 user_work_load(const struct trv_work *w);

/* pool.c */
/** user_pool_init() - addresses; all of @size are memory, or (user_pool_init_empty()) nothing yet */
int user_pool_init(struct user_pool *pool, u8 *base, u64 iova, size_t size);
void user_pool_init_empty(struct user_pool *pool, u8 *base, u64 iova, size_t size);
/** user_pool_add() - @len bytes at the offset @off are memory; ascending. -ENOMEM */
int user_pool_add(struct user_pool *pool, u64 off, u64 len);
void user_pool_exit(struct user_pool *pool);
/** user_pool_reserve() - @size bytes of address space at a multiple of @align, a power of 2; NULL */
u8 *user_pool_reserve(size_t size, size_t align);
/** user_pool_alloc() - within @lim (mask and boundary), @align-ed for both sides. Any context. */
void *user_pool_alloc(struct user_pool *pool, size_t size, size_t align,
		      const struct trv_dma_limits *lim);
void user_pool_free(struct user_pool *pool, void *p, size_t size);
bool user_pool_has(const struct user_pool *pool, const void *p, size_t len);
u64 user_pool_iova(const struct user_pool *pool, const void *p);

/* owner.c */
/** user_dma_new() - a copy of @what in the device's list; NULL: no memory. Any context. */
struct user_dma *user_dma_new(struct trv_dev *dev, const struct user_dma *what);
void user_dma_drop(struct trv_dev *dev, struct user_dma *d);
/** user_dma_about_to_map() - @buf, for the device in a moment: the leg may read it */
void user_dma_about_to_map(struct trv_dev *dev, void *buf, size_t len, enum trv_dma_dir dir);
/** user_dma_to_device(), user_dma_to_cpu() - these bytes of a streaming mapping change hands */
void user_dma_to_device(struct user_dma *d, size_t off, size_t len);
void user_dma_to_cpu(struct user_dma *d, size_t off, size_t len);
/** user_dma_keep_others() - after that: what another mapping has of them is the device's still */
void user_dma_keep_others(struct trv_dev *dev, const struct user_dma *d, size_t off, size_t len);
/** user_dma_forget() - a driver has gone without giving them back; how many */
u32 user_dma_forget(struct trv_dev *dev);

/* log.c */
void user_log_restart(struct trv_dev *dev);
/** user_trace() - into the ring of the last events */
void user_trace(struct trv_dev *dev, const char *event, u64 a, u64 b);

/* clock.c */
/** user_clock_get(), user_clock_put() - in between the clock notices when the process is stopped */
int user_clock_get(void);
void user_clock_put(void);
/** user_clock_system() - what CLOCK_MONOTONIC shows when trv_time_ns() is @ns, if nobody stops us */
u64 user_clock_system(u64 ns);
/** user_traced() - is there a debugger? Not knowing is no. */
bool user_traced(void);

/* gdb.c */
enum { USER_DEBUG_REGS = 64 };
/**
 * struct trv_user_debug_reg - one register for trv_user_debug_read()
 * @rc: -ENODEV: gone, or no such BAR; -ERANGE: beyond it
 */
struct trv_user_debug_reg {
	u32 bar;
	u32 off;
	u32 bytes;
	s32 rc;
	u64 val;
};
extern struct trv_user_debug_reg trv_user_debug_regs[USER_DEBUG_REGS];
/** trv_user_debug_read() - for debuggers: read the first @n of these, beside all that records accesses */
void trv_user_debug_read(struct trv_dev *dev, u32 n);
/** trv_user_debug_call() - the same, and no vector register is changed; returns nothing in particular */
double trv_user_debug_call(struct trv_dev *dev, u32 n);

/* time.c */
/** user_event_wait() - trv_event_wait(), for the leg's own waits in any context */
int user_event_wait(struct trv_event *e, u64 timeout_us) TRV_MUST_CHECK;

/* bar.c */
/** user_mapped_read(), user_mapped_write() - one access to a mapped register; _rep(): @n to the same */
u64 user_mapped_read(const volatile u8 *reg, u32 bytes);
void user_mapped_write(volatile u8 *reg, u32 bytes, u64 val);
void user_mapped_read_rep(const volatile u8 *reg, u32 bytes, void *to, u32 n);
void user_mapped_write_rep(volatile u8 *reg, u32 bytes, const void *from, u32 n);

/* cfg.c */
int user_cfg_set_bits(struct trv_dev *dev, u32 off, u16 clear, u16 set);

#endif /* TRIVET_USER_PRIV_H */
