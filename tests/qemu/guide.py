#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# guide.py GUIDE DIR: the commands of a guide are run as they stand, in DIR; prints KTAP.
#
# Every command of a ```sh block is run by a shell, one after the other, and succeeds, or has
# the comment "# fails" (with 1) or "# fails with N". A ```gdb block is typed into the gdb that the
# command before it starts; none of its commands may end in an error. If a ```text block
# follows, the last command printed its lines in that order; a line "..." stands for any others, "..."
# in a line for its rest or some of it. Numbers may differ.

import json
import os
import re
import subprocess
import sys

LIMIT = 120  # seconds, for a command or a whole session
MARK = "@@command "

# In gdb: each command, behind a mark.
RUNNER = """
import json
gdb.execute("set width 0")
for n, line in enumerate(json.load(open(%r))):
    gdb.write("\\n%s%%d\\n" %% n)
    gdb.flush()
    try:
        gdb.execute(line)
    except gdb.error as e:
        gdb.write("@@error %%s\\n" %% e)
    gdb.flush()
gdb.execute("kill") if gdb.selected_inferior().pid else None
"""


def blocks(path):
    """(language, lines) of each."""
    language, lines = None, []
    for line in open(path, encoding="utf-8").read().split("\n"):
        if not line.startswith("```"):
            lines.append(line)
        elif language is None:
            language, lines = line[3:], []
        else:
            yield language, lines
            language, lines = None, []


def shell_commands(lines):
    """A command goes on to the end of its here document, and in indented lines."""
    command, until = [], None
    for line in lines:
        if until is None and command and not line.startswith((" ", "\t")):
            yield "\n".join(command)
            command = []
        command.append(line)
        here = re.search(r"<<.?([A-Z]+)", line)
        if until is None and here:
            until = here.group(1)
        elif line == until:
            until = None
    if command:
        yield "\n".join(command)


def plan(path):
    """Shell commands: [text, what it prints, [[gdb command, what it prints]...]]."""
    steps, last = [], None
    for language, lines in blocks(path):
        if language == "sh":
            for text in shell_commands(lines):
                steps.append([text, None, []])
                last = steps[-1]
        elif language == "gdb":
            for text in lines:
                steps[-1][2].append([text, None])
                last = steps[-1][2][-1]
        elif language == "text":
            last[1] = lines
    return steps


def plain(line):
    """Only what is not a number counts, and not how it is spaced."""
    line = re.sub(r"0x[0-9a-f]+|[0-9a-f]{16}|[0-9]+", "#", line, flags=re.I)
    return re.sub(r"\s+", " ", line).strip()


def missing(expected, printed):
    """The first line that was not printed in its turn; None when all were."""
    lines = [plain(x) for x in printed.split("\n")]
    at = 0
    for want in (plain(x) for x in expected):
        if want == "...":
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in want.split("...")))
        while at < len(lines) and not pattern.fullmatch(lines[at]):
            at += 1
        if at == len(lines):
            return want
        at += 1
    return None


class Report:
    def __init__(self):
        self.n, self.failed = 0, False

    def line(self, ok, name, output=""):
        self.n += 1
        if not ok:
            self.failed = True
            for x in output.split("\n")[-60:]:
                print("#", x)
        print("%s %d - %s" % ("ok" if ok else "not ok", self.n, name), flush=True)


class Guide:
    def __init__(self, where):
        self.where, self.cwd, self.report = where, where, Report()
        self.env = dict(os.environ)

    def shell(self, text, stdin=None):
        """Status and output; directory and exported variables stay for the next one."""
        script = text + '\nstatus=$?\n{ pwd; env -0; } >"%s/after"\nexit $status\n' % self.where
        try:
            done = subprocess.run(
                ["sh", "-c", script], cwd=self.cwd, env=self.env, timeout=LIMIT,
                input=stdin, stdin=None if stdin else subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        except subprocess.TimeoutExpired as e:
            out = e.stdout or b""
            return 124, out if isinstance(out, str) else out.decode(errors="replace")
        with open(self.where + "/after", encoding="utf-8") as f:
            self.cwd, _, env = f.read().partition("\n")
        self.env = dict(x.split("=", 1) for x in env.split("\0") if "=" in x)
        return done.returncode, done.stdout

    def printed(self, expected, output):
        if expected is None:
            return
        line = missing(expected, output)
        self.report.line(line is None, "it printed what the guide says",
                         output + "\nnot printed, or not there: %s" % line)

    def session(self, text, commands):
        with open(self.where + "/commands", "w", encoding="utf-8") as f:
            json.dump([c for c, _ in commands], f)
        with open(self.where + "/runner", "w", encoding="utf-8") as f:
            f.write(RUNNER % (self.where + "/commands", MARK))
        status, out = self.shell(text, "python exec(open('%s/runner').read())\n" % self.where)
        parts = re.split("^" + MARK + r"[0-9]+\n", out, flags=re.M)
        self.report.line(status == 0, text.split("\n")[0], out)
        for n, (command, expected) in enumerate(commands):
            got = parts[n + 1] if n + 1 < len(parts) else "it did not come to this\n@@error"
            self.report.line("@@error" not in got and "Traceback" not in got, "(gdb) " + command, out)
            self.printed(expected, got)

    def run(self, steps):
        for text, expected, commands in steps:
            if commands:
                self.session(text, commands)
                continue
            fails = re.search(r"# fails(?: with ([0-9]+))?", text)
            want = int(fails.group(1) or 1) if fails else 0
            status, out = self.shell(text)
            self.report.line(status == want, text.split("\n")[0].split(" #")[0],
                             out + "\nexit status %d, expected %d" % (status, want))
            self.printed(expected, out)


def main():
    guide = Guide(os.path.realpath(sys.argv[2]))
    steps = plan(sys.argv[1])
    print("KTAP version 1")
    guide.run(steps)
    print("1..%d" % guide.report.n)
    return 1 if guide.report.failed or not guide.report.n else 0


sys.exit(main())
