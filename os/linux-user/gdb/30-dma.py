# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

# ---- DMA -----------------------------------------------------------------------------------

DIRECTIONS = {1: "to the device", 2: "from the device", 3: "both ways"}


def live_dma(dev):
    return list(each(dev["dma"], "next"))


def leg_part(val):
    """The struct user_dma behind a driver's handle; None when there is none, or no longer."""
    return None if is_null(val["leg"]) else val["leg"].cast(find_type("struct user_dma").pointer())


def owner_text(d):
    if not d["streaming"]:
        return "both sides'"
    owner = enum_text(d["owner"], "enum user_dma_owner", "USER_DMA_")
    return {"DEVICE": "the device's", "CPU": "the CPU's", "PARTS": "in parts the CPU's"}.get(owner, owner)


def dma_text(d):
    where = "copied at 0x%x" % int(d["bounce"]) if not is_null(d["bounce"]) else "in place"
    return "%s, cpu 0x%x, iova 0x%x%s, %s" % (
        bytes_text(int(d["len"])),
        int(d["cpu"]),
        int(d["iova"]),
        " %s, %s" % (DIRECTIONS.get(int(d["dir"]), "?"), where) if d["streaming"] else "",
        owner_text(d),
    )


@printer("trv_dma_mem")
def dma_mem_text(val):
    if is_null(val["cpu"]):
        return "coherent: not allocated"
    d = leg_part(val)
    return "coherent: " + ("%s, cpu 0x%x, iova 0x%x" % (
        bytes_text(int(val["size"])), int(val["cpu"]), int(val["iova"])) if d is None else dma_text(d))


@printer("trv_dma_map")
def dma_map_text(val):
    if not int(val["len"]) or is_null(val["leg"]):
        return "streaming: not mapped"
    return "streaming: " + dma_text(leg_part(val))


@printer("user_dma")
def user_dma_text(val):
    return ("streaming: " if val["streaming"] else "coherent: ") + dma_text(val)


def find_iova(dev, iova, length=1):
    """The live memory a device's address is in, and how far in; (None, 0) when there is none."""
    for d in live_dma(dev):
        start = int(d["iova"])
        if start <= iova and iova + length <= start + int(d["len"]):
            return d, iova - start
    return None, 0


def cpu_of(dev, iova, length=1):
    """Where the CPU finds what the device has at @iova, in words."""
    d, skip = find_iova(dev, iova, length)
    if d is None:
        return "not mapped"
    line = "cpu 0x%x" % (int(d["cpu"]) + skip)
    if not is_null(d["bounce"]):
        line += " by a copy at 0x%x" % (int(d["bounce"]) + skip)
    return line + ", " + owner_text(d)


@command("dma")
def dma(arg):
    """Memory that devices may reach now, and whose it is: trivet dma [DEVICE]"""
    for dev in devices(arg):
        live = live_dma(dev)
        say("%s: %d pieces" % (dev_name(dev), len(live)))
        for d in reversed(live):
            say("  %s" % user_dma_text(d.dereference()))
            say("    by %s" % function_at(int(d["by"]) - 1))


# ---- interrupts ----------------------------------------------------------------------------


@command("irq")
def irq(arg):
    """Interrupt vectors, their handlers and what holds them back: trivet irq [DEVICE]"""
    for dev in devices(arg):
        n = int(dev["n_vecs"])
        kind = enum_text(dev["irq_kind"], "enum trv_irq_kind", "TRV_IRQ_")
        say("%s: %s" % (dev_name(dev), "%d of kind %s" % (n, kind) if n else "no interrupt: polled"))
        for i in range(min(n, 32)):
            v = dev["vecs"][i]
            if is_null(v["handler"]):
                say("  %d: nothing attached" % i)
                continue
            state = [s for s in ("running", "pending", "disabled") if v[s]]
            if int(v["masked"]):
                state.append("masked %d deep" % int(v["masked"]))
            if int(v["unhandled"]):
                state.append("%d in a row unhandled" % int(v["unhandled"]))
            say("  %d: %s, %s(), %d so far%s" % (
                i, text(v["name"]), text(v["handler"]["name"]), int(v["calls"]),
                "".join(", " + s for s in state)))


# ---- trace ---------------------------------------------------------------------------------


@command("trace")
def trace(arg):
    """What happened last, oldest first: trivet trace [COUNT] [DEVICE]"""
    words = arg.split(None, 1)
    most = 16
    if words and words[0].isdigit():
        most, arg = int(words[0]), "".join(words[1:])
    for dev in devices(arg):
        say(dev_name(dev) + ":")
        if is_null(dev["events"]):
            continue
        room = int(variable_or_enum("USER_TRACE_LEN"))
        end = int(dev["n_events"])
        for i in range(max(0, end - min(most, room)), end):
            e = dev["events"][i % room]
            say("  %12.6f  %-14s 0x%x 0x%x" % (
                int(e["ns"]) / 1e9, text(e["event"]), int(e["a"]), int(e["b"])))


def variable_or_enum(name):
    try:
        return gdb.parse_and_eval(name)
    except gdb.error as e:
        raise Error(str(e))
