/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One wrong way and one right way for every rule of the CD drive's model. */
#ifndef TRIVET_TESTS_ATAPI_RULES_H
#define TRIVET_TESTS_ATAPI_RULES_H

#include "ide_raw.h"

/* X(C name, rule, variant, what goes wrong, what is right) */
#define ATAPI_RULES(X)                                                                          \
	X(pkt_phase, "packet-phase", "", "the packet written while BSY",                        \
	  "the packet written once DRQ is set")                                                 \
	X(pkt_long, "packet-length", "", "16 bytes for a packet of 12", "12 bytes")             \
	X(pkt_words, "packet-length", "-words", "a seventh word after six", "six words")        \
	X(pkt_short, "packet-length", "-short", "the bus master started after 8 bytes",         \
	  "the bus master started after the packet")                                            \
	X(pkt_limit, "packet-byte-count", "", "INQUIRY by PIO with a limit of 0",               \
	  "a limit of 0 where no data move, or DMA moves them")                                 \
	X(pkt_limit_odd, "packet-byte-count", "-odd", "an odd limit, smaller than the data",    \
	  "an odd limit that takes all data at once")                                           \
	X(pkt_features, "packet-features", "", "Features left over from SET FEATURES",          \
	  "Features written before PACKET")                                                     \
	X(pkt_busy, "ata-busy-write", "-packet", "LBA Mid written while the packet is awaited", \
	  "DEVICE RESET while the packet is awaited")                                           \
	X(pkt_drdy, "ata-drdy", "-packet", "SET FEATURES to a packet device just reset",        \
	  "IDENTIFY PACKET DEVICE first")                                                       \
	X(pkt_data, "ata-data-phase", "-packet", "one word more than the byte count",           \
	  "as many as the byte count says")                                                     \
	X(pkt_bm_dir, "bm-direction", "-packet", "READ(10) with the engine reading memory",     \
	  "READ(10) with the engine writing memory")                                            \
	X(pkt_bm_stale, "bm-status-stale", "-packet", "a DMA PACKET with Interrupt set",        \
	  "a PIO PACKET with Interrupt set")

#define ATAPI_RULE_DECL(fn, rule, variant, wrong, right) \
	void fn##_trips(struct ide_raw *r);              \
	void fn##_clean(struct ide_raw *r);
ATAPI_RULES(ATAPI_RULE_DECL)

#endif /* TRIVET_TESTS_ATAPI_RULES_H */
