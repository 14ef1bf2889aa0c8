/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The sentences of os.h, one line each:
 *
 *	C(entry, id, needs, "sabotages", "sentence")
 *
 * @entry is a family of TRV_OS_ENTRIES; conf_<entry>_<id>() in the file named
 * after the group tests it. The sabotages are defects of a backend that break
 * this very sentence: tests/conformance/teeth.sh switches each on and requires
 * that the clause fails. "sleeps:NAME" makes an entry that may not sleep do so.
 */
#ifndef TRIVET_CONF_CLAUSES_H
#define TRIVET_CONF_CLAUSES_H

#define CONF_DEVICE_CLAUSES(C)                                                                  \
	C(dev_name, form, CONF_SHARER, "name-same",                                             \
	  "A device has a name of its own, like 0000:00:01.1")                                  \
	C(dev_name, stable, CONF_SHARER, "name-reused",                                         \
	  "The name lives as long as the device")                                               \
	C(dev_ident, matches, 0, "ident-empty",                                                 \
	  "IDs, class and revision are what configuration space says")                          \
	C(drvdata, null, 0, "drvdata-stale",                                                    \
	  "trv_drvdata() is NULL before trv_set_drvdata()")                                     \
	C(drvdata, stored, 0, "drvdata-forgets",                                                \
	  "trv_drvdata() is what trv_set_drvdata() stored, in any context")                     \
	C(dev_gone, present, 0, "gone-always",                                                  \
	  "A device that answers is not gone")                                                  \
	C(dev_gone, ever, CONF_UNPLUG, "gone-forgets gone-once",                                \
	  "A device that left the bus is gone, for ever")                                       \
	C(dev_reset, none, 0, "reset-no-method-ok",                                             \
	  "-EOPNOTSUPP where there is no method to reset the function")                         \
	C(dev_reset, registers, CONF_RESET, "reset-keeps-registers",                            \
	  "The device's registers are at their reset values afterwards")                        \
	C(dev_reset, config, CONF_RESET, "reset-loses-config",                                  \
	  "Configuration space is saved and restored around a reset")                           \
	C(dev_reset, quiet, CONF_RESET, "reset-keeps-registers",                                \
	  "No DMA is under way after a reset")                                                  \
	C(option, absent, 0, "option-no-default",                                               \
	  "An option that was not given has its default")                                       \
	C(option, given, CONF_OPTION, "option-ignored",                                         \
	  "An option has the value it was given")                                               \
	C(option, clamped, CONF_OPTION, "option-no-clamp",                                      \
	  "Given values are clamped to [min, max]")                                             \
	C(option, warned, CONF_OPTION | CONF_LOG, "option-no-warning",                          \
	  "A value that had to be clamped brings a warning")

#define CONF_CONFIG_CLAUSES(C)                                                                  \
	C(cfg_read, value, 0, "cfg-swaps-bytes",                                                \
	  "Configuration space is read in each width, in CPU byte order")                       \
	C(cfg_read, align, 0, "cfg-unaligned-ok",                                               \
	  "-EINVAL for an offset that is not aligned to the width")                             \
	C(cfg_read, range, 0, "cfg-past-end-ok",                                                \
	  "-ERANGE past the end")                                                               \
	C(cfg_read, gone, CONF_UNPLUG, "cfg-gone-ok cfg-gone-zero",                             \
	  "-ENODEV from a device that is gone, with all ones")                                  \
	C(cfg_write, value, 0, "cfg-write-drops cfg-write-wide",                                \
	  "Exactly the width's bytes are written")                                              \
	C(cfg_write, errors, 0, "cfg-unaligned-ok cfg-past-end-ok",                             \
	  "The same errors as for reads")                                                       \
	C(cfg_write, nothing, 0, "cfg-write-on-error",                                          \
	  "Nothing is written on an error")                                                     \
	C(cfg_write, gone, CONF_UNPLUG, "cfg-gone-ok",                                          \
	  "-ENODEV for a device that is gone")                                                  \
	C(find_cap, found, 0, "findcap-misses",                                                 \
	  "The offset of a capability that is there")                                           \
	C(find_cap, absent, 0, "findcap-finds-all",                                             \
	  "0 for a capability that is not there")                                               \
	C(find_cap, broken, CONF_FORCE, "findcap-broken",                                       \
	  "0 when the list leaves where capabilities are")                                      \
	C(find_cap, bounded, CONF_FORCE, "findcap-loops",                                       \
	  "The search ends, also in a list that bites its tail")                                \
	C(bus_master, on, 0, "busmaster-on-lost",                                               \
	  "Bus master on lets the device do DMA")                                               \
	C(bus_master, off, 0, "busmaster-off-stays",                                            \
	  "Bus master off stops it")                                                            \
	C(bus_master, others, 0, "busmaster-clobbers",                                          \
	  "Other command bits keep their value")                                                \
	C(bus_master, removed, 0, "busmaster-off-stays",                                        \
	  "The core turns bus master off between stop() and remove()")

#define CONF_REGS_CLAUSES(C)                                                                    \
	C(bar_map, maps, 0, "map-other-bar",                                                    \
	  "A BAR at least as long as asked for is mapped from its start")                       \
	C(bar_map, kind, 0, "map-wrong-kind-ok",                                                \
	  "-EINVAL when the BAR is of the other kind")                                          \
	C(bar_map, port_kind, CONF_SCRATCH, "map-wrong-kind-ok",                                \
	  "-EINVAL when ports are asked for as memory")                                         \
	C(bar_map, short, 0, "map-short-ok",                                                    \
	  "-ERANGE when the BAR is shorter than asked for")                                     \
	C(bar_map, absent, 0, "map-absent-ok",                                                  \
	  "-ENODEV when there is no such BAR")                                                  \
	C(bar_map, taken, 0, "map-twice-ok",                                                    \
	  "-EBUSY when the BAR is mapped already")                                              \
	C(bar_map, decode, 0, "map-no-decode",                                                  \
	  "Mapping enables the matching decode bit")                                            \
	C(bar_map, port_decode, CONF_SCRATCH, "map-no-decode",                                  \
	  "The same for ports")                                                                 \
	C(bar_map, legacy, CONF_IDE, "map-no-legacy",                                           \
	  "A compatibility-mode IDE function has the legacy ports as BARs 0-3")                 \
	C(bar_unmap, again, 0, "unmap-keeps-taken",                                             \
	  "What was unmapped can be mapped again")                                              \
	C(reg_bind, offset, 0, "bind-wrong-base",                                               \
	  "The offsets of a bound handle start at 0")                                           \
	C(reg_bind, range, 0, "bind-no-check",                                                  \
	  "-ERANGE when it would leave the BAR")                                                \
	C(read, width32, 0, "read-splits read-swaps-bytes",                                     \
	  "A 32-bit read is one access of that width, in CPU byte order")                       \
	C(read, width64, 0, "read-splits read-swaps-bytes",                                     \
	  "A 64-bit read is one access of that width, in CPU byte order")                       \
	C(read, widths, CONF_SCRATCH, "read-splits read-swaps-bytes",                           \
	  "A read of each width is one access of that width")                                   \
	C(read, ports, CONF_SCRATCH, "read-splits read-swaps-bytes",                            \
	  "A read of each width of a port is one access of that width")                         \
	C(read, gone, CONF_UNPLUG, "gone-reads-zero",                                           \
	  "A device that is gone reads all ones")                                               \
	C(write, width32, 0, "write-splits write-swaps-bytes",                                  \
	  "A 32-bit write is one access of that width")                                         \
	C(write, width64, 0, "write-splits write-swaps-bytes",                                  \
	  "A 64-bit write is one access of that width")                                         \
	C(write, widths, CONF_SCRATCH, "write-splits write-swaps-bytes",                        \
	  "A write of each width is one access of that width")                                  \
	C(write, ports, CONF_SCRATCH, "write-splits write-swaps-bytes",                         \
	  "A write of each width to a port is one access of that width")                        \
	C(write, gone, CONF_UNPLUG, "write-gone-dies",                                          \
	  "Writes to a device that is gone are dropped")                                        \
	C(write, posted, 0, "read-passes-write",                                                \
	  "A write reaches the device before a later read of it returns")                       \
	C(write, in_order, 0, "write-reorders",                                                 \
	  "Plain accesses to one device happen in program order")                               \
	C(read_relaxed, value, 0, "read-relaxed-zero",                                          \
	  "A relaxed read is a read")                                                           \
	C(read_relaxed, order, 0, "read-relaxed-passes",                                        \
	  "Relaxed accesses to one device keep their order: a read after a write")              \
	C(write_relaxed, value, 0, "write-relaxed-lost",                                        \
	  "A relaxed write is a write")                                                         \
	C(write_relaxed, order, 0, "write-relaxed-passes",                                      \
	  "Relaxed accesses to one device keep their order: a write after a write")             \
	C(peek32, value, 0, "peek-zero-value",                                                  \
	  "Like trv_read32() where the bus does not fault")                                     \
	C(peek32, gone, CONF_UNPLUG, "peek-no-error peek-zero",                                 \
	  "-ENODEV or -EIO where it may, with all ones")

#define CONF_FIFO_CLAUSES(C)                                                                    \
	C(read_rep, bytes, CONF_SCRATCH, "rep-swaps-bytes rep-advances",                        \
	  "n reads of one register, whose bytes keep their order in memory")                    \
	C(read_rep, unaligned, CONF_SCRATCH, "rep-aligns",                                      \
	  "The buffer may have any alignment")                                                  \
	C(read_rep, zero, CONF_SCRATCH, "rep-zero-touches",                                     \
	  "n of 0 touches nothing")                                                             \
	C(read_rep, gone, CONF_SCRATCH | CONF_UNPLUG, "gone-reads-zero",                        \
	  "A device that is gone fills the buffer with ones")                                   \
	C(write_rep, bytes, CONF_SCRATCH, "rep-swaps-bytes rep-advances",                       \
	  "n writes of one register, whose bytes keep their order in memory")                   \
	C(write_rep, unaligned, CONF_SCRATCH, "rep-aligns",                                     \
	  "The buffer may have any alignment")                                                  \
	C(write_rep, zero, CONF_SCRATCH, "rep-zero-touches",                                    \
	  "n of 0 touches nothing")

#define CONF_POLL_CLAUSES(C)                                                                    \
	C(poll_timeout, done, 0, "poll-keeps-polling",                                          \
	  "0 when the condition is true, at once")                                              \
	C(poll_timeout, last, 0, "poll-stale-var",                                              \
	  "The variable holds the last value read")                                             \
	C(poll_timeout, timeout, 0, "poll-gives-up-early poll-no-timeout-error",                \
	  "-ETIMEDOUT, and not before the timeout")                                             \
	C(poll_timeout, late, 0, "poll-no-last-read",                                           \
	  "One read always follows the deadline")                                               \
	C(poll_timeout, gone, 0, "poll-ignores-ones",                                           \
	  "-ENODEV as soon as the value is all ones and the condition is false")                \
	C(poll_timeout, ones_ok, 0, "poll-ones-first",                                          \
	  "All ones that make the condition true are no error")                                 \
	C(poll_timeout, narrow, 0, "poll-ones-wide",                                            \
	  "All ones of the variable's own type")                                                \
	C(poll_timeout, pause, 0, "poll-no-pause",                                              \
	  "Pauses between reads, sleeping")                                                     \
	C(poll_timeout, once, 0, "poll-reads-twice",                                            \
	  "One evaluation of the read expression for each look at the condition")               \
	C(poll_timeout, atomic, 0, "poll-atomic-sleeps",                                        \
	  "trv_poll_timeout_atomic() busy-waits")                                               \
	C(cpu_relax, others, 0, "relax-alone",                                                  \
	  "A spin that relaxes lets another context run")

#define CONF_ORDER_CLAUSES(C)                                                                   \
	C(write, after_stores, 0, "plain-write-publishes-nothing",                              \
	  "A plain write happens after every earlier store to memory")                          \
	C(read, before_loads, 0, "plain-read-fetches-nothing",                                  \
	  "A plain read happens before every later load")                                       \
	C(barrier, wmb, 0, "wmb-publishes-nothing",                                             \
	  "dma_wmb: stores before it are seen by the device before relaxed writes after it")    \
	C(barrier, wmb_stores, 0, "wmb-newest-first",                                           \
	  "dma_wmb: stores before it are seen by the device before stores after it")            \
	C(barrier, rmb, 0, "rmb-fetches-nothing",                                               \
	  "dma_rmb: loads before it happen before loads after it")                              \
	C(barrier, mb, 0, "mb-publishes-nothing",                                               \
	  "mb: stores before it are seen by the device before relaxed accesses after it")       \
	C(barrier, mb_loads, 0, "mb-fetches-nothing",                                           \
	  "mb: loads before it happen before loads after it")

#define CONF_ATOMICS_CLAUSES(C)                                                                 \
	C(once, fresh, 0, "once-caches-read",                                                   \
	  "trv_read_once() reads each time")                                                    \
	C(once, stores, 0, "once-drops-write",                                                  \
	  "trv_write_once() writes each time")                                                  \
	C(once, whole, 0, "once-tears-read once-tears-write",                                   \
	  "One access, not torn")                                                               \
	C(load_acquire, value, 0, "load-acquire-returns-zero",                                  \
	  "The value stored, when a store is seen so is what came before it")                   \
	C(store_release, value, 0, "store-release-lost",                                        \
	  "The value is stored, after every earlier store")                                     \
	C(fetch_add, value, 0, "fetch-add-returns-new fetch-add-lost",                          \
	  "Adds, and returns the old value")                                                    \
	C(fetch_add, atomic, 0, "fetch-add-not-atomic",                                         \
	  "No addition of another CPU is lost")                                                 \
	C(xchg, value, 0, "xchg-returns-new xchg-lost",                                         \
	  "Stores, and returns the old value")                                                  \
	C(xchg, atomic, 0, "xchg-not-atomic",                                                   \
	  "Of two CPUs exactly one gets the old value")                                         \
	C(refcount, last, 0, "refcount-two-last refcount-never-last",                           \
	  "trv_refcount_put() is true for exactly one caller, the last")                        \
	C(refcount, race, 0, "refcount-not-atomic",                                             \
	  "True for exactly one caller, on two CPUs at once")                                   \
	C(refcount, get_zero, CONF_REPORT, "refcount-get-zero-ok",                              \
	  "A get on zero is reported and refused")                                              \
	C(refcount, put_zero, CONF_REPORT, "refcount-put-zero-ok",                              \
	  "A put below zero is reported and refused")

#define CONF_DMA_CLAUSES(C)                                                                     \
	C(dma_limits, invalid, 0, "limits-unchecked",                                           \
	  "-EINVAL for values that are not what the structure says")                            \
	C(dma_limits, tiny, 0, "limits-tiny-ok",                                                \
	  "-EFBIG when the platform cannot meet the mask")                                      \
	C(dma_limits, default, 0, "iova-mask-ignored",                                          \
	  "Without limits addresses have 32 bits")                                              \
	C(dma_limits, mask, 0, "iova-mask-ignored",                                             \
	  "No address is above the mask")                                                       \
	C(dma_alloc, zeroed, 0, "dma-alloc-dirty",                                              \
	  "Coherent memory is zeroed")                                                          \
	C(dma_alloc, aligned, 0, "dma-align-ignored",                                           \
	  "Aligned as asked for, for both sides")                                               \
	C(dma_alloc, boundary, 0, "boundary-ignored",                                           \
	  "A piece no longer than the boundary never crosses it")                               \
	C(dma_alloc, shared, 0, "coherent-never-syncs",                                         \
	  "CPU and device see each other's stores without a sync")                              \
	C(dma_alloc, none, 0, "dma-alloc-pretends",                                             \
	  "-ENOMEM when there is none")                                                         \
	C(dma_free, back, 0, "dma-free-leaves-mapped",                                          \
	  "What was allocated is given back")                                                   \
	C(dma_map, to_device, 0, "map-copies-nothing",                                          \
	  "The device sees what the CPU wrote before the map")                                  \
	C(dma_map, both, 0, "map-copies-nothing unmap-copies-nothing",                          \
	  "Both directions of one mapping")                                                     \
	C(dma_map, zero, 0, "map-zero-ok",                                                      \
	  "-EINVAL for 0 bytes")                                                                \
	C(dma_map, max_seg, 0, "max-seg-ignored",                                               \
	  "-EFBIG when it is longer than a segment may be")                                     \
	C(dma_map, align, 0, "align-ignored",                                                   \
	  "-EFBIG when address or length are not aligned as the device needs")                  \
	C(dma_map, boundary, 0, "boundary-ignored",                                             \
	  "One segment never crosses the boundary")                                             \
	C(dma_unmap, visible, 0, "unmap-copies-nothing",                                        \
	  "What the device wrote is visible after unmap")                                       \
	C(dma_unmap, back, 0, "unmap-leaves-mapped",                                            \
	  "Unmap takes it back from the device")                                                \
	C(dma_sync, for_cpu, 0, "sync-cpu-copies-nothing",                                      \
	  "After sync_for_cpu the CPU sees what the device wrote")                              \
	C(dma_sync, for_device, 0, "sync-device-copies-nothing",                                \
	  "After sync_for_device the device sees what the CPU wrote")                           \
	C(dma_sync, range, 0, "sync-cpu-wrong-place sync-device-wrong-place",                   \
	  "The range is where offset and length say")                                           \
	C(dma_sync, stays, 0, "sync-unmaps",                                                    \
	  "The mapping stays")

#define CONF_SG_CLAUSES(C)                                                                      \
	C(dma_map_sg, order, 0, "sg-order-wrong",                                               \
	  "Segments come in the order of the pieces")                                           \
	C(dma_map_sg, split, 0, "sg-ignores-boundary sg-ignores-max-seg",                       \
	  "Pieces are split to the device's limits")                                            \
	C(dma_map_sg, data, 0, "unmap-copies-nothing",                                          \
	  "Each piece is mapped as trv_dma_map() does")                                         \
	C(dma_map_sg, max, 0, "sg-ignores-max",                                                 \
	  "-EFBIG when the segments exceed @max")                                               \
	C(dma_map_sg, max_segs, 0, "sg-ignores-max-segs",                                       \
	  "-EFBIG when the segments exceed max_segs")                                           \
	C(dma_map_sg, zero, 0, "map-zero-ok",                                                   \
	  "-EINVAL for a piece of 0 bytes")                                                     \
	C(dma_map_sg, nothing, 0, "sg-leaks-on-error",                                          \
	  "Nothing stays mapped on an error")

#define CONF_VECTORS_CLAUSES(C)                                                                 \
	C(irq_alloc, kinds, CONF_IRQ, "alloc-wrong-kind alloc-any-kind",                        \
	  "Vectors of a kind that was asked for; *kind says which")                             \
	C(irq_alloc, best, CONF_IRQ, "alloc-order",                                             \
	  "Kinds are tried in the order MSIX, MSI, INTX")                                       \
	C(irq_alloc, count, CONF_IRQ, "alloc-ignores-max alloc-ignores-min alloc-wrong-count",  \
	  "Between min and max vectors, and the count is returned")                             \
	C(irq_alloc, none, CONF_IRQ, "alloc-invents",                                           \
	  "-EOPNOTSUPP when there is none of these kinds")                                      \
	C(irq_alloc, legacy, CONF_IDE | CONF_IRQ, "alloc-no-legacy",                            \
	  "LEGACY: vectors 0 and 1 of an IDE function in compatibility mode")                   \
	C(irq_alloc, busy, CONF_IRQ, "alloc-twice",                                             \
	  "-EBUSY when already allocated")                                                      \
	C(irq_free, again, CONF_IRQ, "free-keeps",                                              \
	  "What was freed can be allocated again")

#define CONF_IRQ_CLAUSES(C)                                                                     \
	C(irq_attach, delivers, CONF_IRQ, "attach-delivers-nothing attach-drops-arg",           \
	  "The handler is called with its argument when the device raises the vector")          \
	C(irq_attach, counts, CONF_IRQ, "irq-runs-twice",                                       \
	  "Each interrupt calls the handler once")                                              \
	C(irq_attach, busy, CONF_IRQ, "attach-twice",                                           \
	  "-EBUSY when attached")                                                               \
	C(irq_attach, range, CONF_IRQ, "attach-bad-vector",                                     \
	  "-ERANGE for a bad vector")                                                           \
	C(irq_attach, atomic, CONF_IRQ, "handler-irqs-on",                                      \
	  "A handler runs with interrupts off")                                                 \
	C(irq_attach, alone, CONF_IRQ, "handler-concurrent",                                    \
	  "A handler is never concurrent with itself")                                          \
	C(irq_attach, handled, CONF_IRQ, "handled-defers",                                      \
	  "TRV_IRQ_HANDLED runs no deferred function")                                          \
	C(irq_attach, defer, CONF_IRQ, "defer-loses defer-in-interrupt defer-drops-arg",        \
	  "TRV_IRQ_DEFER runs the deferred function, in task context")                          \
	C(irq_attach, defer_alone, CONF_IRQ, "defer-concurrent",                                \
	  "A deferred function is never concurrent with itself")                                \
	C(irq_attach, defer_again, CONF_IRQ, "defer-lost-while-running",                        \
	  "An interrupt during the deferred function has it run again")                         \
	C(irq_detach, handler, CONF_IRQ, "detach-no-wait",                                      \
	  "Detach returns only when no handler runs")                                           \
	C(irq_detach, deferred, CONF_IRQ, "detach-no-wait-deferred",                            \
	  "Detach returns only when no deferred function runs")                                 \
	C(irq_detach, pending, CONF_IRQ, "detach-leaves-deferred",                              \
	  "After detach no deferred function will run")                                         \
	C(irq_detach, silent, CONF_IRQ, "detach-keeps-calling",                                 \
	  "After detach no handler will run")                                                   \
	C(irq_detach, again, CONF_IRQ, "detach-keeps-taken",                                    \
	  "What was detached can be attached again")                                            \
	C(irq_sync, handler, CONF_IRQ, "sync-no-wait",                                          \
	  "Waits until a handler running now is done")                                          \
	C(irq_sync, deferred, CONF_IRQ, "sync-no-wait-deferred",                                \
	  "Waits until a deferred function running now is done")

#define CONF_MASK_CLAUSES(C)                                                                    \
	C(irq_attach, shared, CONF_IRQ | CONF_SHARER, "shared-first-only",                      \
	  "On a shared line TRV_IRQ_NONE passes it on to the others")                           \
	C(irq_mask, holds, CONF_IRQ, "mask-ignored",                                            \
	  "A masked vector is held back")                                                       \
	C(irq_mask, nests, CONF_IRQ, "mask-does-not-nest",                                      \
	  "Masks nest")                                                                         \
	C(irq_mask, level, CONF_IRQ, "unmask-loses-level unmask-loses-edge unmask-never",       \
	  "What the device raised meanwhile is delivered after the last unmask")                \
	C(irq_mask, once, CONF_IRQ, "unmask-doubles-edge",                                      \
	  "An edge raised any number of times meanwhile is delivered once")                     \
	C(irq_mask, dropped, CONF_IRQ, "unmask-replays-level",                                  \
	  "A level that is no longer asserted is not delivered")                                \
	C(irq_mask, finishes, CONF_IRQ, "mask-waits",                                           \
	  "A running handler may still finish: masking does not wait for it")                   \
	C(irq_mask, others, CONF_IRQ | CONF_SHARER, "mask-holds-line",                          \
	  "Other devices on a shared line are not affected")

#define CONF_DEFER_CLAUSES(C)                                                                   \
	C(work_queue, runs, 0, "work-never-runs work-runs-twice work-queue-always-false "       \
	  "work-drops-arg",                                                                     \
	  "The function runs once, with its argument")                                          \
	C(work_queue, task, 0, "work-atomic work-runs-at-once",                                 \
	  "A work function may sleep")                                                          \
	C(work_queue, queued, 0, "work-queue-always-true",                                      \
	  "False when it is queued already, and it still runs once")                            \
	C(work_queue, itself, 0, "work-requeue-lost",                                           \
	  "A function may queue itself again")                                                  \
	C(work_queue, alone, 0, "work-concurrent",                                              \
	  "Two CPUs never run one work at a time")                                              \
	C(work_cancel_sync, pending, 0, "work-cancel-keeps",                                    \
	  "A pending work is taken off the queue and never runs; true")                         \
	C(work_cancel_sync, idle, 0, "work-cancel-lies",                                        \
	  "False when it was not pending")                                                      \
	C(work_cancel_sync, waits, 0, "work-cancel-no-wait",                                    \
	  "Waits for a running one")                                                            \
	C(work_cancel_sync, itself, 0, "work-cancel-admits-queue",                              \
	  "A work that queues itself is over, too")

#define CONF_TIMER_CLAUSES(C)                                                                   \
	C(timer_arm, runs, 0, "timer-never timer-twice timer-drops-arg",                        \
	  "The function runs once, with its argument")                                          \
	C(timer_arm, early, 0, "timer-early",                                                   \
	  "No earlier than it was armed for")                                                   \
	C(timer_arm, moves, 0, "timer-arm-keeps-first",                                         \
	  "Arming again moves it, to later and to earlier")                                     \
	C(timer_arm, alone, 0, "timer-concurrent",                                              \
	  "The function is never concurrent with itself")                                       \
	C(timer_arm, itself, 0, "timer-rearm-ignored",                                          \
	  "The function may arm its timer")                                                     \
	C(timer_cancel_sync, pending, 0, "timer-cancel-keeps",                                  \
	  "A pending timer does not fire; true")                                                \
	C(timer_cancel_sync, idle, 0, "timer-cancel-lies",                                      \
	  "False when it was not pending")                                                      \
	C(timer_cancel_sync, waits, 0, "timer-cancel-no-wait",                                  \
	  "Waits for a running one")                                                            \
	C(timer_cancel_sync, rearm, 0, "timer-cancel-admits-arm",                               \
	  "Keeps a running one from re-arming")

#define CONF_LOCK_CLAUSES(C)                                                                    \
	C(spin, task, 0, "spin-no-exclusion",                                                   \
	  "A plain spinlock excludes task context on another CPU")                              \
	C(spin, bh, 0, "spin-no-exclusion bh-admits-timer",                                     \
	  "The bh form excludes timers")                                                        \
	C(spin, irqsave, CONF_IRQ, "spin-no-exclusion spin-admits-irq",                         \
	  "The irqsave form excludes interrupt handlers")                                       \
	C(spin, strong, 0, "spin-no-exclusion",                                                 \
	  "The irqsave form excludes timers and tasks, too")                                    \
	C(spin, restores, CONF_IRQ, "irqrestore-always-on",                                     \
	  "irqrestore restores: an inner lock does not let interrupts in")                      \
	C(spin, released, 0, "spin-unlock-keeps",                                               \
	  "Unlock lets the next one in")                                                        \
	C(mutex, excludes, 0, "mutex-no-exclusion",                                             \
	  "A mutex excludes other tasks")                                                       \
	C(mutex, sleeps, 0, "mutex-atomic mutex-spins",                                         \
	  "Its holder may sleep, and so does who waits for it")                                 \
	C(mutex, released, 0, "mutex-unlock-keeps",                                             \
	  "Unlock lets the next one in")                                                        \
	C(assert_held, holder, 0, "spin-assert-loud mutex-assert-loud",                         \
	  "A holder is not reported")                                                           \
	C(assert_held, spin, CONF_UNHELD, "spin-assert-silent",                                 \
	  "trv_spin_assert_held() reports a caller that does not hold the lock")                \
	C(assert_held, mutex, CONF_UNHELD, "mutex-assert-silent",                               \
	  "trv_mutex_assert_held() reports a caller that does not hold the mutex")

#define CONF_EVENT_CLAUSES(C)                                                                   \
	C(event, before, 0, "event-lost-signal",                                                \
	  "Signalled before the wait counts")                                                   \
	C(event, wakes, 0, "event-deaf",                                                        \
	  "A signal ends a wait")                                                               \
	C(event, stays, 0, "event-auto-reset event-not-sticky",                                 \
	  "Stays signalled, for every waiter")                                                  \
	C(event, reset, 0, "event-reset-ignored",                                               \
	  "Until trv_event_reset()")                                                            \
	C(event, timeout, 0, "event-never-times-out event-wait-early",                          \
	  "-ETIMEDOUT when it was not signalled, and not before")                               \
	C(event, all, 0, "event-one-waiter",                                                    \
	  "Every waiter is woken")                                                              \
	C(event, interrupt, CONF_IRQ, "event-deaf",                                             \
	  "An interrupt handler ends a wait, and its stores are seen after it")

#define CONF_TIME_CLAUSES(C)                                                                    \
	C(time_ns, monotonic, 0, "time-backwards time-stands",                                  \
	  "Time goes on and never back")                                                        \
	C(time_ns, cpus, 0, "time-per-cpu",                                                     \
	  "It is the same for all CPUs")                                                        \
	C(delay, ns, 0, "delay-ns-short",                                                       \
	  "trv_delay_ns() lasts at least that long")                                            \
	C(delay, us, 0, "delay-us-short",                                                       \
	  "trv_delay_us() lasts at least that long")                                            \
	C(sleep_us, long, 0, "sleep-short",                                                     \
	  "trv_sleep_us() lasts at least that long")                                            \
	C(sleep_us, sleeps, 0, "sleep-spins",                                                   \
	  "A sleeper leaves the CPU to others")

#define CONF_MEM_CLAUSES(C)                                                                     \
	C(alloc, aligned, 0, "alloc-misaligned",                                                \
	  "Memory is aligned for any type")                                                     \
	C(alloc, apart, 0, "alloc-overlaps",                                                    \
	  "Each allocation is the driver's alone")                                              \
	C(alloc, for_dma, 0, "alloc-not-for-dma",                                               \
	  "Memory from trv_alloc() can be mapped for DMA")                                      \
	C(alloc, zero_bytes, 0, "alloc-zero-bytes",                                             \
	  "NULL for 0 bytes")                                                                   \
	C(alloc, none, 0, "alloc-pretends",                                                     \
	  "NULL when there is none")                                                            \
	C(alloc, zeroed, 0, "zalloc-dirty",                                                     \
	  "trv_zalloc() zeroes")                                                                \
	C(alloc, array, 0, "array-dirty",                                                       \
	  "trv_alloc_array() zeroes")                                                           \
	C(alloc, overflow, 0, "array-overflow-ok",                                              \
	  "trv_alloc_array() refuses an overflowing product")                                   \
	C(free, null, 0, "free-null-refused",                                                   \
	  "NULL is allowed")                                                                    \
	C(free, back, 0, "free-leaks",                                                          \
	  "What was allocated is given back")                                                   \
	C(mem, copy, 0, "memcpy-short",                                                         \
	  "trv_memcpy() as in C")                                                               \
	C(mem, move, 0, "memmove-forward",                                                      \
	  "trv_memmove() as in C: the two may overlap")                                         \
	C(mem, set, 0, "memset-short",                                                          \
	  "trv_memset() as in C")                                                               \
	C(mem, compare, 0, "memcmp-signed memcmp-equal",                                        \
	  "trv_memcmp() as in C: bytes are unsigned")

#define CONF_LOG_CLAUSES(C)                                                                     \
	C(log, line, CONF_LOG, "log-drops",                                                     \
	  "One call is one line; no newline is needed")                                         \
	C(log, prefix, CONF_LOG, "log-no-prefix",                                               \
	  "Prefixed with driver and device name")                                               \
	C(log, limited, CONF_LOG, "log-unlimited",                                              \
	  "Rate-limited")                                                                       \
	C(trace, recorded, CONF_TRACE, "trace-drops",                                           \
	  "One event with two words, for the leg's tracer")                                     \
	C(fault_point, quiet, 0, "fault-point-fires",                                           \
	  "False unless told otherwise")                                                        \
	C(fault_point, fires, CONF_FAULT, "fault-point-dead",                                   \
	  "True when the named thing should fail now")

#define CONF_CONTEXT_CLAUSES(C)                                                                 \
	C(dev_gone, any, 0, "sleeps:dev_gone",                                                  \
	  "Any context")                                                                        \
	C(cfg_read, any, 0, "sleeps:cfg_read8 sleeps:cfg_read16 sleeps:cfg_read32",             \
	  "Atomic")                                                                             \
	C(cfg_write, any, 0, "sleeps:cfg_write8 sleeps:cfg_write16 sleeps:cfg_write32",         \
	  "Atomic")                                                                             \
	C(find_cap, any, 0, "sleeps:find_cap",                                                  \
	  "Atomic")                                                                             \
	C(reg_bind, any, 0, "sleeps:reg_bind",                                                  \
	  "Any context")                                                                        \
	C(read, any, 0, "sleeps:read32 sleeps:read64",                                          \
	  "Atomic")                                                                             \
	C(read, any_width, CONF_SCRATCH, "sleeps:read8 sleeps:read16",                          \
	  "Atomic")                                                                             \
	C(write, any, 0, "sleeps:write32 sleeps:write64",                                       \
	  "Atomic")                                                                             \
	C(write, any_width, CONF_SCRATCH, "sleeps:write8 sleeps:write16",                       \
	  "Atomic")                                                                             \
	C(read_relaxed, any, 0, "sleeps:read32_relaxed sleeps:read64_relaxed",                  \
	  "Atomic")                                                                             \
	C(write_relaxed, any, 0, "sleeps:write32_relaxed sleeps:write64_relaxed",               \
	  "Atomic")                                                                             \
	C(read_rep, any, CONF_SCRATCH, "sleeps:read_rep16 sleeps:read_rep32",                   \
	  "Atomic")                                                                             \
	C(write_rep, any, CONF_SCRATCH, "sleeps:write_rep16 sleeps:write_rep32",                \
	  "Atomic")                                                                             \
	C(peek32, any, 0, "sleeps:peek32",                                                      \
	  "Atomic")                                                                             \
	C(cpu_relax, any, 0, "sleeps:cpu_relax",                                                \
	  "Atomic")                                                                             \
	C(barrier, any, 0, "sleeps:dma_rmb sleeps:dma_wmb sleeps:mb",                           \
	  "Any context")                                                                        \
	C(load_acquire, any, 0, "sleeps:load_acquire",                                          \
	  "Any context")                                                                        \
	C(store_release, any, 0, "sleeps:store_release",                                        \
	  "Any context")                                                                        \
	C(fetch_add, any, 0, "sleeps:fetch_add",                                                \
	  "Any context")                                                                        \
	C(xchg, any, 0, "sleeps:xchg",                                                          \
	  "Any context")                                                                        \
	C(refcount, any, 0, "sleeps:refcount_set sleeps:refcount_get sleeps:refcount_put",      \
	  "Any context")                                                                        \
	C(dma_map, any, 0, "sleeps:dma_map",                                                    \
	  "Atomic")                                                                             \
	C(dma_unmap, any, 0, "sleeps:dma_unmap",                                                \
	  "Atomic")                                                                             \
	C(dma_sync, any, 0, "sleeps:dma_sync_for_cpu sleeps:dma_sync_for_device",               \
	  "Atomic")                                                                             \
	C(dma_map_sg, any, 0, "sleeps:dma_map_sg sleeps:dma_unmap_sg",                          \
	  "Atomic")                                                                             \
	C(irq_mask, any, CONF_IRQ, "sleeps:irq_mask sleeps:irq_unmask",                         \
	  "Atomic")                                                                             \
	C(work_queue, any, 0, "sleeps:work_queue",                                              \
	  "Queue: atomic")                                                                      \
	C(timer_arm, any, 0, "sleeps:timer_arm",                                                \
	  "Atomic, the function itself included")                                               \
	C(spin, any, 0, "sleeps:spin_lock_irqsave sleeps:spin_unlock_irqrestore",               \
	  "Spinlocks are taken in any context")                                                 \
	C(spin, any_plain, 0, "sleeps:spin_lock sleeps:spin_unlock sleeps:spin_lock_bh "        \
	  "sleeps:spin_unlock_bh",                                                              \
	  "Under another lock, too")                                                            \
	C(assert_held, any, 0, "sleeps:spin_assert_held",                                       \
	  "Where the lock may be held")                                                         \
	C(event, any, 0, "sleeps:event_signal sleeps:event_reset",                              \
	  "Signal and reset are atomic")                                                        \
	C(time_ns, any, 0, "sleeps:time_ns",                                                    \
	  "Any context")                                                                        \
	C(delay, any, 0, "sleeps:delay_ns sleeps:delay_us",                                     \
	  "Atomic")                                                                             \
	C(alloc, any, 0, "sleeps:alloc sleeps:zalloc sleeps:alloc_array",                       \
	  "TRV_ATOMIC may be asked for where sleeping is forbidden")                            \
	C(free, any, 0, "sleeps:free",                                                          \
	  "Free: atomic")                                                                       \
	C(log, any, 0, "sleeps:log",                                                            \
	  "Any context")                                                                        \
	C(trace, any, 0, "sleeps:trace",                                                        \
	  "Any context")                                                                        \
	C(fault_point, any, 0, "sleeps:fault_point",                                            \
	  "Any context")

#define CONF_GROUPS(G)                                                                          \
	G(device) G(config) G(regs) G(fifo) G(poll) G(order) G(atomics) G(dma) G(sg)            \
	G(vectors) G(irq) G(mask) G(defer) G(timer) G(lock) G(event) G(time) G(mem) G(log)      \
	G(context)

#define CONF_CLAUSES(C)                                                                         \
	CONF_DEVICE_CLAUSES(C) CONF_CONFIG_CLAUSES(C) CONF_REGS_CLAUSES(C)                      \
	CONF_FIFO_CLAUSES(C) CONF_POLL_CLAUSES(C) CONF_ORDER_CLAUSES(C)                         \
	CONF_ATOMICS_CLAUSES(C) CONF_DMA_CLAUSES(C) CONF_SG_CLAUSES(C)                          \
	CONF_VECTORS_CLAUSES(C) CONF_IRQ_CLAUSES(C) CONF_MASK_CLAUSES(C)                        \
	CONF_DEFER_CLAUSES(C) CONF_TIMER_CLAUSES(C) CONF_LOCK_CLAUSES(C)                        \
	CONF_EVENT_CLAUSES(C) CONF_TIME_CLAUSES(C) CONF_MEM_CLAUSES(C) CONF_LOG_CLAUSES(C)      \
	CONF_CONTEXT_CLAUSES(C)

#endif /* TRIVET_CONF_CLAUSES_H */
