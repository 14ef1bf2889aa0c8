// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * PCI IDE functions: Intel PIIX3 and PIIX4, which only know compatibility
 * mode, and one of no make that can do every programming interface.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/models/ata_model.h>
#include <os/test-sim/trace.h>

enum {
	GENERIC_VENDOR = 0x1234,
	GENERIC_DEVICE = 0x1de0,
};

TRV_REG_TABLE(ata_cmd, ATA_CMD_REGS, ATA_CMD_FIELDS);
TRV_REG_TABLE(ata_ctl_compat, ATA_CTL_COMPAT_REGS, ATA_CTL_FIELDS);
TRV_REG_TABLE(ata_ctl_native, ATA_CTL_NATIVE_REGS, ATA_CTL_FIELDS);
TRV_REG_TABLE(bus_master, BM_REGS, BM_FIELDS);

/* Bits whose wrong value is the most plausible lie; a channel's registers are those of the other. */
#define ODD(bar, off, clear, set)    \
	{                            \
		bar, off, clear, set \
	}
#define ODD_CHANNEL(n)                                                                            \
	ODD(2 * (n), ATA_STATUS, 0, ATA_STATUS_DRQ), ODD(2 * (n), ATA_STATUS, 0, ATA_STATUS_ERR), \
		ODD(2 * (n), ATA_STATUS, ATA_STATUS_DRQ, 0),                                      \
		ODD(PCI_IDE_BAR_BM, (n)*BM_STRIDE + BM_STATUS, 0, BM_STATUS_ERROR),               \
		ODD(PCI_IDE_BAR_BM, (n)*BM_STRIDE + BM_STATUS, 0, BM_STATUS_INTR),                \
		ODD(PCI_IDE_BAR_BM, (n)*BM_STRIDE + BM_STATUS, BM_STATUS_INTR, 0)
static const struct sim_odd odd[] = { ODD_CHANNEL(0), ODD_CHANNEL(1), { 0 } };

/* ---- interrupt lines ------------------------------------------------------ */

void ide_line(struct ata_channel *ch)
{
	struct ide_hba *hba = ch->hba;
	bool intx = false;

	if (!hba->native[ch->index]) {
		sim_isa_set(ch->dev, ch->index, ch->line);
		return;
	}
	if (sim_pci_messages(ch->dev)) {
		if (ch->line)
			sim_msi_fire(ch->dev, 0);
		return;
	}
	for (u32 i = 0; i < PCI_IDE_CHANNELS; i++)
		intx |= hba->native[i] && hba->ch[i].line;
	sim_intx_set(ch->dev, intx);
}

/* Has the controller been told to decode this channel? (82371AB 5.1 IDETIM, bit 15) */
static bool decoded(const struct ata_channel *ch)
{
	return ch->hba->kind == IDE_GENERIC ||
	       sim_pci_cfg_get(ch->dev, PIIX_IDETIM0 + 2 * ch->index, 2) & PIIX_IDETIM0_DECODE;
}

/* ---- registers ------------------------------------------------------------ */

static u32 bm_reg(u32 off, struct ide_hba *hba, struct ata_channel **ch)
{
	*ch = &hba->ch[off / BM_STRIDE];
	return off % BM_STRIDE;
}

static u64 ide_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	struct ide_hba *hba = ide_hba(dev);
	struct ata_channel *ch;
	u16 word;

	if (bar == PCI_IDE_BAR_BM) {
		u32 reg = bm_reg(off, hba, &ch);

		return bm_read(ch, reg);
	}
	ch = &hba->ch[bar / 2];
	if (!decoded(ch))
		return ~0ULL >> (64 - 8 * bytes);
	if (bar & 1)
		return ata_altstatus(ch);
	if (off != ATA_DATA)
		return ata_cmd_read(ch, off);
	ata_data_read(ch, &word, sizeof(word));
	return word;
}

static void ide_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	struct ide_hba *hba = ide_hba(dev);
	struct ata_channel *ch;
	u16 word = val;

	if (bar == PCI_IDE_BAR_BM) {
		u32 reg = bm_reg(off, hba, &ch);

		bm_write(ch, reg, val);
		return;
	}
	ch = &hba->ch[bar / 2];
	if (!decoded(ch))
		return;
	if (bar & 1)
		ata_devctl(ch, val);
	else if (off != ATA_DATA)
		ata_cmd_write(ch, off, val);
	else
		ata_data_write(ch, &word, sizeof(word));
}

/* Only the data ports are FIFOs: the register table refuses the others' width. */
static void ide_read_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, void *buf, u32 n)
{
	struct ata_channel *ch = &ide_hba(dev)->ch[bar / 2 % PCI_IDE_CHANNELS];
	u8 *p = buf;

	if (off == ATA_DATA && !(bar & 1) && bar < PCI_IDE_BAR_BM && decoded(ch)) {
		ata_data_read(ch, buf, bytes * n);
		return;
	}
	for (; n; n--, p += bytes) {
		u64 v = ide_read(dev, bar, off, bytes);

		memcpy(p, &v, bytes);
	}
}

static void ide_write_rep(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, const void *buf, u32 n)
{
	struct ata_channel *ch = &ide_hba(dev)->ch[bar / 2 % PCI_IDE_CHANNELS];
	const u8 *p = buf;

	if (off == ATA_DATA && !(bar & 1) && bar < PCI_IDE_BAR_BM && decoded(ch)) {
		ata_data_write(ch, buf, bytes * n);
		return;
	}
	for (; n; n--, p += bytes) {
		u64 v = 0;

		memcpy(&v, p, bytes);
		ide_write(dev, bar, off, bytes, v);
	}
}

/* ---- making one ----------------------------------------------------------- */

static void set_bars(struct trv_dev *dev)
{
	struct ide_hba *hba = ide_hba(dev);

	for (u32 i = 0; i < hba->channels; i++) {
		bool native = hba->native[i];

		sim_pci_bar(dev, 2 * i, native ? SIM_BAR_IO : SIM_BAR_LEGACY, ATA_CMD_LEN,
			    &ata_cmd);
		sim_pci_bar(dev, 2 * i + 1, native ? SIM_BAR_IO : SIM_BAR_LEGACY,
			    native ? ATA_CTL_NATIVE_LEN : ATA_CTL_COMPAT_LEN,
			    native ? &ata_ctl_native : &ata_ctl_compat);
	}
}

/* A switchable channel follows its bit of the programming interface. */
static void ide_cfg_write(struct trv_dev *dev, u32 off, u32 bytes)
{
	struct ide_hba *hba = ide_hba(dev);
	u8 prog = sim_pci_cfg_get(dev, TRV_PCI_CLASS_PROG, 1);

	for (u32 i = 0; sim_pci_master(dev) && i < PCI_IDE_CHANNELS; i++)
		bm_mastering(&hba->ch[i]);
	if (off > TRV_PCI_CLASS_PROG || off + bytes <= TRV_PCI_CLASS_PROG)
		return;
	for (u32 i = 0; i < PCI_IDE_CHANNELS; i++)
		hba->native[i] = prog >> (2 * i) & PCI_IDE_PRIMARY_NATIVE;
	set_bars(dev);
}

static bool opt_number(const char *opts, const char *key, u32 min, u32 max, s32 *val)
{
	char *text = sim_opt(opts, key), *end;
	unsigned long n;

	if (!text)
		return true;
	n = strtoul(text, &end, 10);
	if (!*text || *end || *text == '-' || n < min || n > max) {
		sim_opt_error("%s: '%s' is not a number from %u to %u", key, text, min, max);
		return false;
	}
	*val = n;
	return true;
}

static const struct ide_caps usual_caps = {
	.present = true,
	.lba48 = true,
	.dma = true,
	.flush = true,
	.fua = true,
	.trim = true,
	.write_cache = true,
	.look_ahead = true,
	.cable80 = true,
	.pio = 4,
	.mwdma = 2,
	.udma = 5,
	.multiple_max = 16,
	.model = "TRIVET SIMULATED DISK",
	.firmware = "1.0",
};

/* A CD drive has what a disk has, of what a packet device can. */
static struct ide_caps cd_caps(const struct ide_caps *disk)
{
	return (struct ide_caps){
		.present = true,
		.dma = disk->dma,
		.cable80 = disk->cable80,
		.pio = disk->pio,
		.mwdma = disk->mwdma,
		.udma = trv_min(disk->udma, (s8)2),
		.rotating = true,
		.inquiry_type = INQUIRY_TYPE_CD,
		.block_len = CD_BLOCK,
		.lead_out = TOC_DATA_TRACK,
		.model = "TRIVET SIMULATED CD-ROM",
		.firmware = "1.0",
	};
}

static int add_drive(struct trv_dev *dev, u32 i, const char *spec, const struct ide_caps *caps)
{
	struct ata_drive *d = &ide_hba(dev)->ch[i / 2].drive[i % 2];
	char key[] = "disk0";
	int rc;

	key[4] += i;
	d->packet = cd_is_spec(spec);
	rc = d->packet ? cd_open(d, key, spec) : backing_open(&d->back, key, spec);
	if (rc)
		return rc;
	d->caps = d->packet ? cd_caps(caps) : *caps;
	snprintf(d->caps.serial, sizeof(d->caps.serial), "TRV%u%05u", i, dev->slot);
	d->present = true;
	d->sectors = d->back.sectors;
	return 0;
}

static void ide_close(struct trv_dev *dev)
{
	struct ide_hba *hba = ide_hba(dev);

	for (u32 i = 0; hba && i < IDE_DRIVES; i++)
		backing_close(&hba->ch[i / 2].drive[i % 2].back);
}

static u64 ide_image(struct trv_dev *dev)
{
	const struct ide_hba *hba = ide_hba(dev);
	u64 image[IDE_DRIVES] = { 0 };

	for (u32 i = 0; hba && i < IDE_DRIVES; i++)
		image[i] = backing_digest(&hba->ch[i / 2].drive[i % 2].back);
	return sim_digest(image, sizeof(image));
}

static int add_drives(struct trv_dev *dev, const char *opts)
{
	struct ide_caps caps = usual_caps;
	s32 lba48 = 1, udma = caps.udma, cable = 80;

	if (!opt_number(opts, "lba48", 0, 1, &lba48) || !opt_number(opts, "udma", 0, 6, &udma) ||
	    !opt_number(opts, "cable", 40, 80, &cable))
		return -EINVAL;
	caps.lba48 = caps.fua = caps.trim = lba48;
	caps.udma = udma;
	caps.cable80 = cable == 80;
	for (u32 i = 0; i < IDE_DRIVES; i++) {
		char key[] = "disk0", *spec;
		int rc;

		key[4] += i;
		spec = sim_opt(opts, key);
		rc = spec ? add_drive(dev, i, spec, &caps) : 0;
		if (rc) {
			ide_close(dev);
			return rc;
		}
	}
	return 0;
}

static struct ide_hba *new_hba(struct trv_dev *dev, enum ide_kind kind)
{
	struct ide_hba *hba = sim_own(sizeof(*hba));

	hba->dev = dev;
	hba->kind = kind;
	hba->channels = PCI_IDE_CHANNELS;
	dev->state = hba;
	for (u32 i = 0; i < PCI_IDE_CHANNELS; i++) {
		struct ata_channel *ch = &hba->ch[i];

		ch->hba = hba;
		ch->dev = dev;
		ch->index = i;
		for (u32 j = 0; j < PCI_IDE_DRIVES; j++)
			ata_drive_init(&ch->drive[j], ch, j);
	}
	return hba;
}

static int create(struct trv_dev *dev, const char *opts, enum ide_kind kind,
		  const struct trv_pci_ident *ident, bool bm_bar)
{
	new_hba(dev, kind);
	sim_pci_ident(dev, ident);
	if (bm_bar)
		sim_pci_bar(dev, PCI_IDE_BAR_BM, SIM_BAR_IO, BM_LEN, &bus_master);
	return add_drives(dev, opts);
}

#define DISK_OPTIONS "disk0 disk1 disk2 disk3 lba48 udma cable"
#define DISK_HELP                                                              \
	"disk0..disk3=mem:SIZE|sparse:SIZE|file:PATH|ro:PATH, or a CD drive: " \
	"cd:PATH|cdmem:SIZE|cd: (empty), lba48=0|1, udma=0..6, cable=40|80"

static int piix_create(struct trv_dev *dev, const char *opts, enum ide_kind kind, u16 device)
{
	const struct trv_pci_ident ident = {
		.vendor = PIIX_VENDOR,
		.device = device,
		.class = TRV_PCI_CLASS_IDE | PCI_IDE_BUS_MASTER,
		.revision = kind == IDE_PIIX4,
	};
	int rc;

	if (!sim_opt_check(opts, DISK_OPTIONS))
		return -EINVAL;
	rc = create(dev, opts, kind, &ident, true);
	if (rc)
		return rc;
	sim_pci_cfg(dev, PIIX_IDETIM0, 2, 0, 0xf3ff);
	sim_pci_cfg(dev, PIIX_IDETIM1, 2, 0, 0xf3ff);
	sim_pci_cfg(dev, PIIX_SIDETIM, 1, 0, 0xff);
	if (kind == IDE_PIIX4) {
		sim_pci_cfg(dev, PIIX_UDMACTL, 1, 0, 0x0f);
		sim_pci_cfg(dev, PIIX_UDMATIM, 2, 0, 0x3333);
	}
	set_bars(dev);
	sim_pci_legacy_irq(dev);
	return 0;
}

static int piix3_create(struct trv_dev *dev, const char *opts)
{
	return piix_create(dev, opts, IDE_PIIX3, PIIX_DEV_PIIX3);
}

static int piix4_create(struct trv_dev *dev, const char *opts)
{
	return piix_create(dev, opts, IDE_PIIX4, PIIX_DEV_PIIX4);
}

static int generic_create(struct trv_dev *dev, const char *opts)
{
	enum {
		NATIVE = PCI_IDE_PRIMARY_NATIVE | PCI_IDE_SECONDARY_NATIVE,
		SWITCHABLE = PCI_IDE_PRIMARY_SWITCHABLE | PCI_IDE_SECONDARY_SWITCHABLE
	};
	static const struct {
		const char *name;
		u8 prog;
	} modes[] = {
		{ "native", NATIVE },
		{ "compat", 0 },
		{ "switchable", SWITCHABLE },
		{ "native-switchable", NATIVE | SWITCHABLE },
		{ "mixed", PCI_IDE_PRIMARY_NATIVE },
	};
	struct trv_pci_ident ident = { .vendor = GENERIC_VENDOR, .device = GENERIC_DEVICE };
	s32 bm = 1, bm_bar = 1, intx = 1, msi = 0, channels = PCI_IDE_CHANNELS, simplex = 0;
	const char *mode;
	u32 i = 0;
	int rc;

	if (!sim_opt_check(opts, DISK_OPTIONS " mode bm bm_bar intx msi channels simplex") ||
	    !opt_number(opts, "bm", 0, 1, &bm) || !opt_number(opts, "bm_bar", 0, 1, &bm_bar) ||
	    !opt_number(opts, "intx", 0, 1, &intx) || !opt_number(opts, "msi", 0, 1, &msi) ||
	    !opt_number(opts, "channels", 1, PCI_IDE_CHANNELS, &channels) ||
	    !opt_number(opts, "simplex", 0, 1, &simplex))
		return -EINVAL;
	mode = sim_opt(opts, "mode") ?: "native";
	while (i < TRV_ARRAY_SIZE(modes) && strcmp(mode, modes[i].name))
		i++;
	if (i == TRV_ARRAY_SIZE(modes)) {
		sim_opt_error("mode: '%s' is none of native, compat, switchable, "
			      "native-switchable, mixed",
			      mode);
		return -EINVAL;
	}
	ident.class = TRV_PCI_CLASS_IDE | (bm ? PCI_IDE_BUS_MASTER : 0) | modes[i].prog;
	rc = create(dev, opts, IDE_GENERIC, &ident, bm && bm_bar);
	if (rc)
		return rc;
	if (modes[i].prog & SWITCHABLE)
		sim_pci_cfg(dev, TRV_PCI_CLASS_PROG, 1, ident.class & 0xff, NATIVE);
	for (u32 c = 0; c < PCI_IDE_CHANNELS; c++)
		ide_hba(dev)->native[c] = modes[i].prog >> (2 * c) & PCI_IDE_PRIMARY_NATIVE;
	ide_hba(dev)->channels = (u32)channels;
	ide_hba(dev)->simplex = simplex;
	set_bars(dev);
	if (modes[i].prog && intx)
		sim_pci_intx(dev, 1);
	if (msi)
		sim_pci_msi(dev, 1);
	if ((modes[i].prog & NATIVE) != NATIVE || modes[i].prog & SWITCHABLE)
		sim_pci_legacy_irq(dev);
	return 0;
}

/* ---- power ---------------------------------------------------------------- */

/* The drive's best mode the controller can do, set in both, as firmware leaves it. */
static void firmware_mode(struct ata_drive *d)
{
	struct ata_channel *ch = d->ch;
	u32 unit = 2 * ch->index + d->index;
	s32 udma = trv_min((s32)d->caps.udma, PIIX_UDMA_MAX);

	if (!d->present)
		return;
	d->pio_mode = ATA_XFER_PIO | d->caps.pio;
	d->multiple = trv_min(d->caps.multiple_max, (u8)8);
	if (ch->hba->kind == IDE_PIIX3 || udma < 0) {
		d->dma_mode = d->caps.mwdma < 0 ? 0 : ATA_XFER_MWDMA | d->caps.mwdma;
		return;
	}
	d->dma_mode = ATA_XFER_UDMA | udma;
	if (ch->hba->kind == IDE_PIIX4) {
		u32 on = sim_pci_cfg_get(ch->dev, PIIX_UDMACTL, 1);
		u32 tim = sim_pci_cfg_get(ch->dev, PIIX_UDMATIM, 2);

		sim_pci_cfg_set(ch->dev, PIIX_UDMACTL, 1, on | 1u << unit);
		sim_pci_cfg_set(ch->dev, PIIX_UDMATIM, 2, tim | (u32)udma << (4 * unit));
	}
}

/*
 * A machine whose firmware has used the disks: modes set, an interrupt that
 * nobody fetched, a status bit nobody cleared, the last command's registers.
 */
static void firmware_was_here(struct ata_channel *ch)
{
	for (u32 i = 0; i < PCI_IDE_DRIVES; i++) {
		struct ata_drive *d = &ch->drive[i];

		if (!d->present)
			continue;
		ata_drive_defaults(d, true);
		d->spun_up = true;
		ata_drive_ready(d);
		firmware_mode(d);
		d->error = 0;
		memset(&d->regs, 0x5a, sizeof(d->regs));
		d->intrq = true;
	}
	ch->bm.status = BM_STATUS_INTR | BM_STATUS_DMA0;
	ch->bm.prdt = 0xdeadbee0;
	ata_irq_update(ch);
}

static void ide_reset(struct trv_dev *dev)
{
	struct ide_hba *hba = ide_hba(dev);
	bool first = !hba->powered;

	hba->powered = true;
	if (hba->kind != IDE_GENERIC) {
		/*
		 * Decoding and PIO timings are the firmware's, at every power-up: mode 4 for device
		 * 0. It has no SITRE set, so SIDETIM (mode 2 for both) is not in use.
		 */
		sim_pci_cfg_set(dev, PIIX_IDETIM0, 2, first ? 0xa307 : 0x8000);
		sim_pci_cfg_set(dev, PIIX_IDETIM1, 2, first ? 0xa307 : 0x8000);
		sim_pci_cfg_set(dev, PIIX_SIDETIM, 1, first ? 0x44 : 0);
	}
	if (hba->kind == IDE_PIIX4) {
		sim_pci_cfg_set(dev, PIIX_UDMACTL, 1, 0);
		sim_pci_cfg_set(dev, PIIX_UDMATIM, 2, 0);
	}
	for (u32 i = 0; i < PCI_IDE_CHANNELS; i++) {
		struct ata_channel *ch = &hba->ch[i];

		bm_reset(ch);
		ch->devctl = 0;
		ch->device = 0;
		ch->t_quiet = ch->t_srst_end = 0;
		if (first) {
			firmware_was_here(ch);
			continue;
		}
		for (u32 j = 0; j < PCI_IDE_DRIVES; j++) {
			/* What the cache held is lost. */
			if (backing_undo(&ch->drive[j].back))
				sim_fail(SIM_EXPECT, NULL, "the image cannot be put back");
			ch->drive[j].stats.dirty = 0;
		}
		ata_channel_reset(ch, true, 50 * 1000 * 1000);
	}
}

static void ide_unplug(struct trv_dev *dev)
{
	struct ide_hba *hba = ide_hba(dev);

	for (u32 i = 0; i < PCI_IDE_CHANNELS; i++) {
		struct ata_channel *ch = &hba->ch[i];

		for (u32 j = 0; j < PCI_IDE_DRIVES; j++) {
			sim_event_cancel(&ch->drive[j].ev);
			ata_fate_reset(&ch->drive[j]);
			cd_unplug(&ch->drive[j]);
		}
		ch->bm.status &= ~BM_STATUS_ACTIVE;
		ata_irq_update(ch);
	}
}

#define IDE_MODEL(id, model_name, what, opts, make) \
	static const struct sim_model id = {        \
		.name = model_name,                 \
		.odd = odd,                         \
		.description = what,                \
		.options = opts,                    \
		.create = make,                     \
		.reset = ide_reset,                 \
		.read = ide_read,                   \
		.write = ide_write,                 \
		.read_rep = ide_read_rep,           \
		.write_rep = ide_write_rep,         \
		.cfg_write = ide_cfg_write,         \
		.unplug = ide_unplug,               \
		.close = ide_close,                 \
		.image = ide_image,                 \
	};                                          \
	SIM_MODEL(id)

IDE_MODEL(piix3_ide, "piix3-ide", "Intel 82371SB IDE, compatibility mode, no Ultra DMA", DISK_HELP,
	  piix3_create);
IDE_MODEL(piix4_ide, "piix4-ide", "Intel 82371AB IDE, compatibility mode, Ultra DMA/33", DISK_HELP,
	  piix4_create);
IDE_MODEL(pci_ide, "pci-ide", "PCI IDE of no make, every programming interface",
	  DISK_HELP ", mode=native|compat|switchable|native-switchable|mixed, bm=0|1 (bus master), "
		    "bm_bar=0|1 (and its registers), intx=0|1 (pin, where native), "
		    "msi=0|1 (a message in its place), channels=1|2, "
		    "simplex=0|1 (one channel at a time may use the bus master)",
	  generic_create);
