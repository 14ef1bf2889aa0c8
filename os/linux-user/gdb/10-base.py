# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What gdb is told of Trivet. The files of this directory are one script, in order of their
# names, which os/linux-user/gdb.c puts into every program that has the leg in it; a driver's
# own, NAME-gdb.py beside it, follows, and begins with "import trivet".
#
# Nothing here ends in a traceback: a command says what it could not read, a printer shows it.

import functools
import struct
import sys
import types

import gdb
import gdb.printing

LIST_MOST = 10000  # of any list in a process that may be damaged


class Error(Exception):
    """What a command could not do, in one line."""


def is_null(ptr):
    return int(ptr) == 0


def text(val):
    """A C string, or what is to be said in its place."""
    try:
        if val.type.strip_typedefs().code == gdb.TYPE_CODE_PTR and is_null(val):
            return "(none)"
        return val.string(errors="replace")
    except (gdb.error, UnicodeError):
        return "<unreadable>"


def find_type(name):
    try:
        return gdb.lookup_type(name)
    except gdb.error:
        raise Error("no debug information about %s: build with -g, and do not strip" % name)


@functools.lru_cache(maxsize=None)
def enum_names(name, prefix):
    return {int(f.enumval): f.name.replace(prefix, "", 1) for f in find_type(name).fields()}


def enum_text(val, name, prefix):
    try:
        return enum_names(name, prefix).get(int(val), "?%d" % int(val))
    except Error:
        return "%d" % int(val)


def variable(name):
    sym = gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name)
    if sym is None:
        raise Error("this program has no %s: is it Trivet's, built with -g?" % name)
    try:
        return sym.value()
    except gdb.error as e:
        raise Error("%s: %s" % (name, e))


def function_at(addr):
    """The function an address is in, and the line: "edu_copy, edu.c:218"."""
    block = None
    try:
        block = gdb.block_for_pc(addr)
        while block is not None and block.function is None:
            block = block.superblock
        sal = gdb.find_pc_line(addr)
    except (gdb.error, RuntimeError):
        return "0x%x" % addr
    if block is None or sal.symtab is None:
        return "0x%x" % addr
    return "%s, %s:%d" % (block.function.name, sal.symtab.filename.split("/")[-1], sal.line)


# ---- devices -------------------------------------------------------------------------------


def each(first, next_field):
    """A list that ends in NULL; or where nobody would have made it longer."""
    at, n = first, 0
    while not is_null(at) and n < LIST_MOST:
        yield at
        at, n = at[next_field], n + 1


def all_devices():
    if gdb.selected_inferior().pid == 0:
        raise Error("the program does not run; start, and stop where it has opened its hardware")
    devs = []
    for host in each(variable("user_hosts"), "next"):
        for i in range(min(int(host["n_devs"]), 64)):
            devs.append(host["devs"][i])
    return devs


def dev_name(dev):
    return "(none)" if is_null(dev) else text(dev["name"])


def devices(arg=""):
    """Those an argument of a command names: a part of the name, an expression, or all of them."""
    arg = arg.strip()
    devs = all_devices()
    if arg:
        named = [d for d in devs if arg in dev_name(d)]
        if named:
            return named
        try:
            val = gdb.parse_and_eval(arg)
        except gdb.error as e:
            raise Error("'%s': no device of that name, and no expression: %s" % (arg, e))
        t = val.type.strip_typedefs()
        if t.code != gdb.TYPE_CODE_PTR or t.target().strip_typedefs().tag != "trv_dev":
            raise Error("'%s' is no struct trv_dev *" % arg)
        return [val]
    if not devs:
        raise Error("no hardware is open yet; stop after trv_user_open(), in a driver's probe say")
    return devs


def driver(dev):
    """Its struct trv_driver; None when it has none."""
    drv = dev["core"]["drv"]
    return None if is_null(drv) else drv


def driver_name(dev):
    drv = driver(dev)
    return "no driver" if drv is None else text(drv["name"])


def private(dev, type_name):
    """A driver's own structure; None before probe."""
    data = dev["core"]["drvdata"]
    return None if is_null(data) else data.cast(find_type(type_name).pointer())


def now_ns():
    """What trv_time_ns() was when the process stopped, or a little before."""
    clock = variable("trv_user_clock")
    return int(clock["beat"]) - int(clock["lag"])


def bytes_text(n):
    return "%d byte%s" % (n, "" if n == 1 else "s")


# ---- commands ------------------------------------------------------------------------------


class Prefix(gdb.Command):
    """What Trivet knows of its devices: trivet dev, regs, req, dma, irq, trace, and what drivers add."""

    def __init__(self):
        super().__init__("trivet", gdb.COMMAND_DATA, gdb.COMPLETE_NONE, True)


Prefix()


def command(name, completer=gdb.COMPLETE_EXPRESSION):
    """@trivet.command("prd"): a function of the argument becomes "trivet prd", its docstring the help."""

    def make(fn):
        class One(gdb.Command):
            __doc__ = fn.__doc__

            def __init__(self):
                super().__init__("trivet " + name, gdb.COMMAND_DATA, completer)

            def invoke(self, arg, from_tty):
                try:
                    fn(arg or "")
                except (Error, gdb.error, gdb.MemoryError, RuntimeError, ValueError) as e:
                    raise gdb.GdbError("trivet %s: %s" % (name, e))

        One()
        return fn

    return make


def say(line):
    gdb.write(line + "\n")


# ---- printers ------------------------------------------------------------------------------

printers = gdb.printing.RegexpCollectionPrettyPrinter("trivet")


def printer(type_name):
    """@trivet.printer("trv_req"): a function makes the text for a value of struct trv_req."""

    def make(fn):
        class One:
            def __init__(self, val):
                self.val = val

            def to_string(self):
                try:
                    return fn(self.val)
                except (Error, gdb.error, gdb.MemoryError, RuntimeError, ValueError) as e:
                    return "<%s: %s>" % (type_name, e)

        printers.add_printer(type_name, "^%s$" % type_name, One)
        return fn

    return make


class DevPointer:
    """A struct trv_dev * in a backtrace says which device it is."""

    def __init__(self, val):
        self.val = val

    def to_string(self):
        try:
            if is_null(self.val):
                return "0x0"
            return "0x%x %s" % (int(self.val), text(self.val["name"]))
        except (gdb.error, gdb.MemoryError):
            return "0x%x" % int(self.val)


def dev_pointer(val):
    t = val.type.strip_typedefs()
    if t.code != gdb.TYPE_CODE_PTR:
        return None
    target = t.target().unqualified()
    if target.code == gdb.TYPE_CODE_STRUCT and target.tag == "trv_dev":
        return DevPointer(val)
    return None
