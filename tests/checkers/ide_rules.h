/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One wrong way and one right way for every rule of the IDE models. */
#ifndef TRIVET_TESTS_IDE_RULES_H
#define TRIVET_TESTS_IDE_RULES_H

#include "ide_raw.h"

#define PIIX4 "piix4-ide,disk0=mem:1M,disk1=mem:1M"
#define PIIX3 "piix3-ide,disk0=mem:1M"
#define SIMPLEX "pci-ide,simplex=1,disk0=mem:1M,disk2=mem:1M"
#define GENERIC40 "pci-ide,cable=40,disk0=mem:1M"

/* X(C name, rule, device, what goes wrong, what is right) */
#define IDE_RULES(X)                                                                              \
	X(settle_command, "ata-400ns", "", PIIX4, "Status right after a command",                 \
	  "Status 400 ns after a command")                                                        \
	X(settle_select, "ata-400ns", "-select", PIIX4, "Status right after a select",            \
	  "Status 400 ns after a select")                                                         \
	X(busy_write, "ata-busy-write", "", PIIX4, "Sector Count written while BSY",              \
	  "Sector Count written when idle, DEVICE RESET while BSY")                               \
	X(select_busy, "ata-select-busy", "", PIIX4, "the other device selected while BSY",       \
	  "the other device selected when idle")                                                  \
	X(select_check, "ata-select-check", "", PIIX4, "a command to a device not looked at",     \
	  "a command after status was read")                                                      \
	X(data_idle, "ata-data-phase", "", PIIX4, "Data read without DRQ", "Data read while DRQ") \
	X(data_long, "ata-data-phase", "-long", PIIX4, "one word more than the block",            \
	  "exactly the block")                                                                    \
	X(data_wrong_way, "ata-data-phase", "-direction", PIIX4,                                  \
	  "Data read while the device wants a block", "Data written while the device wants it")   \
	X(busy_device, "ata-busy-write", "-device", PIIX4, "Device written while DRQ",            \
	  "Device written after the block")                                                       \
	X(drdy, "ata-drdy", "", PIIX4, "a command before the device is ready",                    \
	  "a command once DRDY is set")                                                           \
	X(srst_hold, "ata-srst-hold", "", PIIX4, "SRST for 1 us", "SRST for 5 us")                \
	X(srst_wait, "ata-srst-wait", "", PIIX4, "Status 1 ms after SRST",                        \
	  "Status 2 ms after SRST")                                                               \
	X(devctl, "ata-devctl-reserved", "", PIIX4, "bit 3 of Device Control set",                \
	  "nIEN and HOB only")                                                                    \
	X(reserved, "ata-reserved", "", PIIX4, "one byte of a trim's Features written, of two",   \
	  "both bytes of a trim's Features written")                                              \
	X(reserved_device, "ata-reserved", "-device", PIIX4,                                      \
	  "a 48-bit read with bits of a 28-bit address in Device",                                \
	  "a 48-bit read with none in Device")                                                    \
	X(cable, "ata-cable", "", GENERIC40, "Ultra DMA 5 over 40 conductors",                    \
	  "Ultra DMA 2 over 40 conductors")                                                       \
	X(bm_early, "bm-start-before-command", "", PIIX4, "started with no command",              \
	  "started after the command")                                                            \
	X(bm_stale, "bm-status-stale", "", PIIX4, "a DMA command with Interrupt set",             \
	  "Interrupt cleared before")                                                             \
	X(bm_stop, "bm-stop-missing", "", PIIX4, "the next command with START set",               \
	  "START cleared before")                                                                 \
	X(bm_dir, "bm-direction", "", PIIX4, "READ DMA with the engine reading memory",           \
	  "READ DMA with the engine writing memory")                                              \
	X(bm_dir_run, "bm-direction-running", "", PIIX4, "the direction changed while active",    \
	  "the direction changed after the stop")                                                 \
	X(bm_ptr_run, "bm-pointer-running", "", PIIX4, "the pointer written while active",        \
	  "the pointer written after the stop")                                                   \
	X(bm_table, "bm-table-boundary", "", PIIX4, "a table that runs over 64 KiB",              \
	  "a table whose last entry ends there")                                                  \
	X(bm_align, "bm-prd-align", "", PIIX4, "an odd address", "an even address")               \
	X(bm_align_count, "bm-prd-align", "-count", PIIX4, "an odd count", "an even count")       \
	X(bm_boundary, "bm-prd-boundary", "", PIIX4, "a region across 64 KiB",                    \
	  "two regions that meet there")                                                          \
	X(bm_reserved, "bm-prd-reserved", "", PIIX4, "bit 16 of a count set",                     \
	  "no bit but EOT set")                                                                   \
	X(bm_simplex, "bm-simplex", "", SIMPLEX, "both channels' bus masters started",            \
	  "one started after the other")                                                          \
	X(udma, "piix-udma-mismatch", "", PIIX4, "Ultra DMA in the drive, not in UDMACTL",        \
	  "Ultra DMA in both")                                                                    \
	X(udma_cycle, "piix-udma-mismatch", "-cycle", PIIX4,                                      \
	  "the controller faster than the drive", "the controller slower than the drive")         \
	X(pio_timing, "piix-pio-timing", "", PIIX4, "120 ns for a drive in its default mode",     \
	  "240 ns for a drive in its default mode")                                               \
	X(pio_slave, "piix-pio-timing", "-slave", PIIX4, "what SIDETIM still held for device 1",  \
	  "SIDETIM told first")                                                                   \
	X(pio_iordy, "piix-pio-timing", "-iordy", PIIX4, "120 ns and IORDY not sampled",          \
	  "120 ns and IORDY sampled")                                                             \
	X(mwdma_timing, "piix-mwdma-timing", "", PIIX3, "Multiword DMA 1 in 120 ns",              \
	  "Multiword DMA 1 in 180 ns")

#define IDE_RULE_DECL(fn, rule, variant, spec, wrong, right) \
	void fn##_trips(struct ide_raw *r);                  \
	void fn##_clean(struct ide_raw *r);
IDE_RULES(IDE_RULE_DECL)

/** rule_power_cycle() - the scenario's hand on the mains */
void rule_power_cycle(struct ide_raw *r);

#endif /* TRIVET_TESTS_IDE_RULES_H */
