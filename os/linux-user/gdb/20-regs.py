# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

# ---- register tables -----------------------------------------------------------------------


def table_of(dev, bar):
    """The driver's struct trv_regtable of a BAR, or None."""
    drv = driver(dev)
    if drv is None or not 0 <= bar < 6:
        return None
    table = drv["regs"][bar]
    return None if is_null(table) else table


def registers(table):
    return [table["regs"][i] for i in range(min(int(table["n_regs"]), LIST_MOST))]


def decode(table, reg, val):
    """As trv_reg_decode(): "STATUS = 0x51 (DRDY DSC ERR)"."""
    name, items = text(reg["name"]), []
    for i in range(min(int(table["n_fields"]), LIST_MOST)):
        f = table["fields"][i]
        width, lo = int(f["width"]), int(f["lo"])
        if not width or text(f["reg"]) != name:
            continue
        field = val >> lo & ((1 << width) - 1)
        if width > 1:
            items.append("%s=0x%x" % (text(f["name"]), field))
        elif field:
            items.append(text(f["name"]))
    reserved = val & ~int(reg["valid"])
    if reserved:
        items.append("RESERVED=0x%x" % reserved)
    line = "%s = 0x%0*x" % (name, int(reg["bits"]) // 4, val)
    return line + (" (%s)" % " ".join(items) if items else "")


# ---- handles -------------------------------------------------------------------------------

NAMES_MOST = 8


def window(val, what):
    dev, bar = val["dev"], int(val["bar"])
    off, length = int(val["off"]), int(val["len"])
    if is_null(dev) or not length:
        return "%s: not mapped" % what
    line = "%s: %s BAR%d+0x%x..0x%x" % (what, dev_name(dev), bar, off, off + length - 1)
    table = table_of(dev, bar)
    if table is None:
        return line
    names = [text(r["name"]) for r in registers(table) if off <= int(r["off"]) < off + length]
    if len(names) > NAMES_MOST:
        names = names[: NAMES_MOST - 1] + ["and %d more" % (len(names) - NAMES_MOST + 1)]
    return line + (": " + " ".join(names) if names else "")


@printer("trv_mmio")
def mmio_text(val):
    return window(val, "memory")


@printer("trv_port")
def port_text(val):
    return window(val, "ports")


# ---- reading registers ---------------------------------------------------------------------

# Where the leg holds locks of its own that an access, or the answer to it, may need.
HOLDS_LOCKS = ("/qemu/", "/irq.c", "/timer.c", "/work.c", "/pool.c", "/owner.c", "/cfg.c", "/clock.c")


def inside_leg():
    """The leg's function this thread is in the middle of; None when it is a driver's, or waits."""
    frame, waits = gdb.selected_frame(), False
    for _ in range(64):
        if frame is None:
            return None
        sal = frame.find_sal()
        name = frame.name() or ""
        path = sal.symtab.fullname() if sal is not None and sal.symtab is not None else ""
        if "cond_wait" in name:
            waits = True
        if "os/linux-user/" in path:
            if not waits and path.endswith(".c") and any(p in path for p in HOLDS_LOCKS):
                return name
        elif "/drivers/" in path or "/core/" in path:
            return None
        frame = frame.older()
    return None


class quiet_call:
    """Around a call in the process: all of its threads run, and stop at no breakpoint."""

    def __enter__(self):
        self.points = [b for b in (gdb.breakpoints() or ()) if b.is_valid() and b.enabled]
        self.locking = gdb.parameter("scheduler-locking")
        for b in self.points:
            b.enabled = False
        if self.locking != "off":
            gdb.execute("set scheduler-locking off", to_string=True)

    def __exit__(self, *args):
        for b in self.points:
            if b.is_valid():
                b.enabled = True
        if self.locking != "off":
            gdb.execute("set scheduler-locking " + self.locking, to_string=True)


REG = "=IIIiQ"  # struct trv_user_debug_reg


def read_registers(dev, wanted):
    """The values of [(bar, offset, bits)...], of none that a read changes; None where it failed."""
    values, slots = [], variable("trv_user_debug_regs")
    most, size = slots.type.range()[1] + 1, struct.calcsize(REG)
    process = gdb.selected_inferior()
    for at in range(0, len(wanted), most):
        part = wanted[at : at + most]
        packed = b"".join(struct.pack(REG, bar, off, bits // 8, 0, 0) for bar, off, bits in part)
        process.write_memory(int(slots.address), packed)
        # "double": gdb fetches the vector registers for it, finds all of them unchanged when it restores
        # what was before the call, and writes none. See gdb.c. "output" leaves no value in the history.
        with quiet_call():
            gdb.execute(
                "output (double)trv_user_debug_call((struct trv_dev *)%d, %d)" % (int(dev), len(part)),
                to_string=True)
        raw = bytes(process.read_memory(int(slots.address), size * len(part)))
        for i in range(len(part)):
            rc, val = struct.unpack_from(REG, raw, i * size)[3:]
            values.append(None if rc else val)
    return values


def objection(reg, force):
    """Why a register is better not read, in the words of the command trivet."""
    access = enum_text(reg["access"], "enum trv_reg_access", "TRV_REG_")
    if access == "WO":
        return "write-only"
    if access == "RC" and not force:
        return "a read clears it; trivet regs /f reads"
    if access == "RX" and not force:
        return "a read has side effects; trivet regs /f reads"
    return None


def show_bar(dev, bar, table, force):
    length = int(dev["bars"][bar]["len"])
    port = bool(dev["bars"][bar]["port"])
    if not length:
        return
    if not dev["bars"][bar]["taken"]:
        say("  BAR%d: the driver has not mapped it: nothing would answer" % bar)
        return
    lines, wanted = [], []
    for reg in registers(table):
        off, bits = int(reg["off"]), int(reg["bits"])
        why = objection(reg, force)
        if off + bits // 8 > length or (port and bits == 64):
            why = "beyond the BAR's end"
        lines.append((reg, why))
        if not why:
            wanted.append((bar, off, bits))
    values = iter(read_registers(dev, wanted))
    for reg, why in lines:
        val = None if why else next(values)
        if val is None:
            say("  BAR%d+0x%02x  %s: not read: %s" % (
                bar, int(reg["off"]), text(reg["name"]), why or "the device is gone"))
        else:
            say("  BAR%d+0x%02x  %s" % (bar, int(reg["off"]), decode(table, reg, val)))


@command("regs")
def regs(arg):
    """Registers, read now and decoded by the driver's tables: trivet regs [/f] [DEVICE]

    What a read would change is left alone; /f reads it as well. The other threads run while
    registers are read, and stop at no breakpoint in that time."""
    force = arg.strip().startswith("/f")
    devs = devices(arg.strip()[2:] if force else arg)
    if gdb.selected_thread() is None or not gdb.selected_thread().is_stopped():
        raise Error("the process has to be stopped")
    busy = inside_leg()
    if busy:
        raise Error("this thread is in the middle of %s(), which may hold a lock; finish first" % busy)
    for dev in devs:
        if int(dev["gone"]):
            say("%s: gone" % dev_name(dev))
            continue
        say("%s: registers of driver %s" % (dev_name(dev), driver_name(dev)))
        tables = [(b, table_of(dev, b)) for b in range(6)]
        if not any(t is not None for _, t in tables):
            say("  no tables")
        for bar, table in tables:
            if table is not None:
                show_bar(dev, bar, table, force)
