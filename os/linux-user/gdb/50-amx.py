# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

# ---- gdb before 14 on a processor with AMX -------------------------------------------------
#
# Such a gdb takes the processor's extended state for smaller than it is, and can then write none
# of it: "Couldn't write extended state status: Bad address". So it can call no function, and
# trivet regs has to. Told that the processor has no more than SSE, it goes another way. Only where
# it starts the process itself: valgrind's and other stubs describe their processor themselves.

NUMBERS = ("rax rbx rcx rdx rsi rdi rbp:data_ptr rsp:data_ptr r8 r9 r10 r11 r12 r13 r14 r15 "
           "rip:code_ptr")
FLAGS = ("CF:0 :1 PF:2 AF:4 ZF:6 SF:7 TF:8 IF:9 DF:10 OF:11 NT:14 RF:16 VM:17 AC:18 VIF:19 VIP:20 "
         "ID:21")
MXCSR = "IE:0 DE:1 ZE:2 OE:3 UE:4 PE:5 DAZ:6 IM:7 DM:8 ZM:9 OM:10 UM:11 PM:12 FZ:15"
VECTORS = ("v4_float:ieee_single:4 v2_double:ieee_double:2 v16_int8:int8:16 v8_int16:int16:8 "
           "v4_int32:int32:4 v2_int64:int64:2")


def plain_processor():
    """A target description for gdb: x86-64 with SSE, in the order of a Linux process."""
    n, lines = 0, []

    def reg(name, bits, kind, more=""):
        nonlocal n
        lines.append('<reg name="%s" bitsize="%d" type="%s" regnum="%d"%s/>' % (name, bits, kind, n, more))
        n += 1

    def flags(name, fields):
        lines.append('<flags id="%s" size="4">' % name)
        for field in fields.split():
            bit, at = field.split(":")
            lines.append('<field name="%s" start="%s" end="%s" type="bool"/>' % (bit, at, at))
        lines.append("</flags>")

    def feature(name):
        lines.append('</feature><feature name="org.gnu.gdb.i386.%s">' % name)

    feature("core")
    flags("i386_eflags", FLAGS)
    for word in NUMBERS.split():
        name, _, kind = word.partition(":")
        reg(name, 64, kind or "int64")
    reg("eflags", 32, "i386_eflags")
    for name in "cs ss ds es fs gs".split():
        reg(name, 32, "int32")
    for i in range(8):
        reg("st%d" % i, 80, "i387_ext")
    for name in "fctrl fstat ftag fiseg fioff foseg fooff fop".split():
        reg(name, 32, "int", ' group="float"')
    feature("sse")
    for word in VECTORS.split():
        name, kind, count = word.split(":")
        lines.append('<vector id="%s_v" type="%s" count="%s"/>' % (name, kind, count))
    lines.append('<union id="vec128">')
    for word in VECTORS.split():
        name = word.split(":")[0]
        lines.append('<field name="%s" type="%s_v"/>' % (name, name))
    lines.append('<field name="uint128" type="uint128"/></union>')
    flags("i386_mxcsr", MXCSR)
    for i in range(16):
        reg("xmm%d" % i, 128, "vec128")
    reg("mxcsr", 32, "i386_mxcsr", ' group="vector"')
    feature("linux")
    reg("orig_rax", 64, "int")
    feature("segments")
    reg("fs_base", 64, "int")
    reg("gs_base", 64, "int")
    body = "".join(lines).replace("</feature>", "", 1) + "</feature>"
    return ('<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd"><target>'
            "<architecture>i386:x86-64</architecture><osabi>GNU/Linux</osabi>%s</target>" % body)


def too_much_state():
    """Does this gdb misjudge this machine's extended state?"""
    version = gdb.VERSION.split()[-1].split(".")[0]
    try:
        with open("/proc/cpuinfo") as cpu:
            return version.isdigit() and int(version) < 14 and "amx_tile" in cpu.read()
    except OSError:
        return False


class Plain(gdb.Command):
    """Make a gdb that needs it think of SSE alone; what begins a process calls it."""

    file = None  # open as long as gdb may read it

    def __init__(self):
        super().__init__("trivet-plain-processor", gdb.COMMAND_OBSCURE)

    def invoke(self, arg, from_tty):
        # A user's own description, or ours, is there already.
        if Plain.file or gdb.parameter("tdesc filename"):
            return
        fd = os.memfd_create("processor")
        Plain.file = os.fdopen(fd, "w")
        Plain.file.write(plain_processor())
        Plain.file.flush()
        gdb.execute("set tdesc filename /proc/self/fd/%d" % fd, to_string=True)


if too_much_state():
    Plain()
    for begin in ("run", "start", "starti"):
        gdb.execute("define hook-%s\ntrivet-plain-processor\nend" % begin)
