# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

# ---- devices, disks and requests -----------------------------------------------------------


def state_text(dev):
    state = enum_text(dev["core"]["state"], "enum trv_dev_state", "TRV_DEV_").lower()
    if state == "unbound" and driver(dev) is not None:
        state = "in probe"
    return state + (", gone" if int(dev["gone"]) else "")


@printer("trv_dev")
def dev_text(val):
    ident = val["ident"]
    return "%s %04x:%04x class %06x, %s, %s" % (
        text(val["name"]), int(ident["vendor"]), int(ident["device"]), int(ident["class"]),
        driver_name(val), state_text(val))


@printer("trv_event")
def event_text(val):
    return "signalled" if int(val["signalled"]) else "not signalled"


@printer("trv_timer")
def timer_text(val):
    if not val["armed"]:
        return "not armed"
    return "due in %.3f ms" % ((int(val["due"]) - now_ns()) / 1e6)


@printer("trv_work")
def work_text(val):
    return "queued" if val["queued"] else "not queued"


def lock_text(val):
    owner = int(val["owner"])
    return "%s: %s" % (text(val["name"]), "held by thread %d" % owner if owner else "free")


printer("trv_spin")(lock_text)
printer("trv_mutex")(lock_text)


def request_state(val):
    return enum_text(val["state"], "enum trv_req_state", "TRV_REQ_").lower()


@printer("trv_req")
def req_text(val):
    state = request_state(val)
    if state == "free":
        return "tag %d, free" % int(val["tag"])
    line = "tag %d, %s%s" % (
        int(val["tag"]), enum_text(val["op"], "enum trv_req_op", "TRV_REQ_").lower(),
        " fua" if val["fua"] else "")
    if int(val["blocks"]):
        line += " of %d blocks at %d, %s" % (
            int(val["blocks"]), int(val["lba"]), bytes_text(int(val["bytes"])))
    line += ", disk %d, %s" % (int(val["disk"]["info"]["unit"]), state)
    if int(val["n_maps"]):
        line += ", mapped to %d segments" % int(val["n_segs"])
    if state == "running":
        line += ", time-out in %.3f s" % ((int(val["deadline"]) - now_ns()) / 1e9)
    return line


@printer("trv_disk")
def disk_text(val):
    info = val["info"]
    blocks, size = int(info["blocks"]), int(info["block_size"])
    return "disk %d %s, %s, %s" % (
        int(info["unit"]), text(info["model"]), text(info["mode"]),
        "%d blocks of %d bytes" % (blocks, size) if blocks else "no medium")


@printer("trv_blkq")
def blkq_text(val):
    if is_null(val["dev"]):
        return "queue: not initialised"
    flags = [f for f in ("busy", "paused", "dead", "polling") if val[f]]
    return "queue %s, depth %d, %d with the driver%s" % (
        text(val["params"]["name"]), int(val["params"]["depth"]), int(val["out"]),
        "".join(", " + f for f in flags))


def disks(dev):
    return list(each(dev["core"]["disks"], "dev_next"))


def queues(dev):
    """Those of its disks, each once."""
    seen = {}
    for disk in disks(dev):
        seen.setdefault(int(disk["q"]), disk["q"])
    return list(seen.values())


@command("req")
def req(arg):
    """Requests that are under way, of all queues: trivet req [DEVICE]"""
    for dev in devices(arg):
        say(dev_name(dev) + ":")
        for q in queues(dev):
            say("  " + blkq_text(q.dereference()))
            for i in range(min(int(q["params"]["depth"]), 1024)):
                r = q["reqs"][i]
                if request_state(r) != "free":
                    say("    " + req_text(r))


def limits_text(lim):
    line = "DMA below 0x%x" % (int(lim["mask"]) + 1)
    for field, words in (("align", "aligned to %d"), ("boundary", "not across 0x%x"),
                         ("max_seg", "segments of at most %d"), ("max_segs", "at most %d of them")):
        if int(lim[field]):
            line += ", " + words % int(lim[field])
    return line


@command("dev")
def dev(arg):
    """Devices, their BARs, limits and disks: trivet dev [DEVICE]"""
    for d in devices(arg):
        say(dev_text(d.dereference()))
        for i in range(6):
            b = d["bars"][i]
            if not int(b["len"]):
                continue
            say("  BAR%d: %s at 0x%x, 0x%x bytes%s%s" % (
                i, "ports" if b["port"] else "memory", int(b["addr"]), int(b["len"]),
                ", mapped by the driver" if b["taken"] else "",
                ", plain memory" if not is_null(b["base"]) else ""))
        say("  " + limits_text(d["lim"]))
        for disk in disks(d):
            say("  " + disk_text(disk.dereference()))


# ---- for drivers' own scripts --------------------------------------------------------------

module = types.ModuleType("trivet", "What a driver's script uses: see DEBUGGING.md")
module.__dict__.update({
    f.__name__: f
    for f in (Error, command, printer, say, text, is_null, find_type, enum_text, each, devices, dev_name,
              driver_name, private, find_iova, cpu_of, registers, decode, table_of, read_registers,
              bytes_text, req_text)
})
sys.modules["trivet"] = module

gdb.printing.register_pretty_printer(None, printers, replace=True)
gdb.pretty_printers.insert(0, dev_pointer)
