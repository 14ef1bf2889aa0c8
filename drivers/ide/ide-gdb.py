# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What gdb is told of this driver; the build puts it into the program or the shared object.

import trivet

PRD_EOT = 0x80000000
PRD_COUNT_MASK = 0xFFFE
PRDS = 1024


def ide_channels(dev):
    host = trivet.private(dev, "struct ide_host")
    if trivet.driver_name(dev) != "ide" or host is None:
        return []
    return [host["channels"][i] for i in range(2) if host["channels"][i]["live"]]


@trivet.printer("ide_prd")
def ide_prd_text(prd):
    count = int(prd["count"])
    return "0x%08x, %d bytes%s" % (
        int(prd["addr"]), count & PRD_COUNT_MASK or 0x10000, ", last" if count & PRD_EOT else "")


def ide_state_text(ch):
    return trivet.enum_text(ch["state"], "enum ide_state", "IDE_")


def ide_channel_text(ch):
    line = "channel %d, %s" % (int(ch["index"]), ide_state_text(ch))
    if not trivet.is_null(ch["req"]):
        line += ", command 0x%02x: %s" % (int(ch["op"]), trivet.req_text(ch["req"].dereference()))
    return line


def ide_show_table(dev, ch):
    if trivet.is_null(ch["prd"]):
        trivet.say("    no table")
        return
    for i in range(PRDS):
        prd = ch["prd"][i]
        count = int(prd["count"])
        if not count and not int(prd["addr"]):
            trivet.say("    [%d] zeroes: no entry was marked the last" % i)
            return
        where = trivet.cpu_of(dev, int(prd["addr"]), count & PRD_COUNT_MASK or 0x10000)
        trivet.say("    [%d] %s: %s" % (i, ide_prd_text(prd), where))
        if count & PRD_EOT:
            return


@trivet.command("prd")
def ide_prd(arg):
    """Tables of physical region descriptors, decoded: trivet prd [DEVICE]

    What the bus master of each channel reads, or has read last, and whose the memory is."""
    found = False
    for dev in trivet.devices(arg):
        for ch in ide_channels(dev):
            found = True
            trivet.say("%s: %s" % (trivet.dev_name(dev), ide_channel_text(ch)))
            trivet.say("  table at 0x%x" % int(ch["prd_mem"]["iova"]))
            ide_show_table(dev, ch)
    if not found:
        raise trivet.Error("no channel of an IDE controller is in use yet")
