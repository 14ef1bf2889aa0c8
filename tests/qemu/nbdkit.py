#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# nbdkit.py TRY URI [ARG...]: what nbdkit.sh wants to know of a server and no ready-made client
# asks. Exit status 0, or 1 and what was different on standard error.
import errno
import os
import sys
import threading
import time

import nbd


def connect(uri):
    h = nbd.NBD()
    # What the server says of a bad request is asked, not what the library does.
    h.set_strict_mode(0)
    h.connect_uri(uri)
    return h


def expect(what, got, want):
    if got != want:
        sys.exit('%s: %r, not %r' % (what, got, want))


def error_of(call, *args):
    """The errno that the server answered, 0 when it is none."""
    try:
        call(*args)
    except nbd.Error as e:
        return e.errnum
    return 0


def unaligned(uri):
    h = connect(uri)
    block = bytes(512)
    expect('read at half a block', error_of(h.pread, 512, 256), errno.EINVAL)
    expect('read of half a block', error_of(h.pread, 100, 0), errno.EINVAL)
    expect('write at half a block', error_of(h.pwrite, block, 256), errno.EINVAL)
    expect('trim of half a block', error_of(h.trim, 100, 0), errno.EINVAL)
    expect('read after that', error_of(h.pread, 512, 512), 0)
    h.shutdown()


def bad_block(uri, block):
    """That block cannot be read: it alone, by itself and in the middle of others."""
    h, bad = connect(uri), int(block)
    expect('the block', error_of(h.pread, 512, bad * 512), errno.EIO)
    expect('one with it', error_of(h.pread, 512 * 1024, (bad - 100) * 512), errno.EIO)
    for other in bad - 1, bad + 1, 0:
        expect('block %d' % other, error_of(h.pread, 512, other * 512), 0)
    expect('those before', error_of(h.pread, bad * 512, 0), 0)
    expect('those after', error_of(h.pread, 512 * 1024, (bad + 1) * 512), 0)
    h.shutdown()


def fua(uri):
    """A disk whose flushes fail: a write that has to be on the medium shows it."""
    h, block = connect(uri), bytes(512)
    expect('write', error_of(h.pwrite, block, 0), 0)
    expect('write with FUA', error_of(h.pwrite, block, 0, nbd.CMD_FLAG_FUA), errno.EIO)
    expect('long write', error_of(h.pwrite, bytes(3 << 20), 0), 0)
    expect('long write with FUA', error_of(h.pwrite, bytes(3 << 20), 0, nbd.CMD_FLAG_FUA),
           errno.EIO)
    expect('trim', error_of(h.trim, 65536, 0), 0)
    expect('trim with FUA', error_of(h.trim, 65536, 0, nbd.CMD_FLAG_FUA), errno.EIO)
    expect('zeroes', error_of(h.zero, 65536, 0), 0)
    expect('zeroes with FUA', error_of(h.zero, 65536, 0, nbd.CMD_FLAG_FUA), errno.EIO)
    expect('flush', error_of(h.flush), errno.EIO)
    h.shutdown()


def two(uri):
    """What one client has written is there for the other, at once."""
    one, other = connect(uri), connect(uri)
    for i in range(50):
        data = bytes([i + 1]) * 4096
        one.pwrite(data, i * 4096)
        expect('read by the other', other.pread(4096, i * 4096), data)
    other.flush()
    one.shutdown()
    other.shutdown()


def medium(uri, size):
    """A client that came before another disc was put in gets nothing of it. Waits for a line."""
    h = connect(uri)
    expect('size', h.get_size(), int(size))
    expect('read', error_of(h.pread, 2048, 0), 0)
    print('ready', flush=True)
    sys.stdin.readline()
    expect('read of another disc', error_of(h.pread, 2048, 0), errno.EIO)
    h.shutdown()


def dying(uri):
    """Reads by several threads until the device is gone: each ends, in errors, in time."""
    ends = []

    def client():
        h = connect(uri)
        got = 0
        while not got:
            got = error_of(h.pread, 65536, 0)
            with lock:
                count[0] += 1
                if count[0] == 100:
                    print('ready', flush=True)
        again = error_of(h.pread, 512, 0)
        ends.append((got, again))

    lock, count = threading.Lock(), [0]
    threads = [threading.Thread(target=client, daemon=True) for _ in range(6)]
    for t in threads:
        t.start()
    end = time.monotonic() + 120
    for t in threads:
        t.join(max(0, end - time.monotonic()))
    expect('ended', len(ends), len(threads))
    # The server answers what it has begun, and then ends.
    told = {errno.ESHUTDOWN, errno.ENOTCONN, errno.ECONNRESET, errno.EPIPE, errno.EINVAL}
    for got, again in ends:
        expect('error', got in told, True)
        expect('error of the next', again in told, True)


def writing(uri, log):
    """Write block after block, each with its number, and log those that were acknowledged."""
    h = connect(uri)
    n = 0
    with open(log, 'w', buffering=1) as acks:
        while True:
            n += 1
            got = error_of(h.pwrite, b'%015d\n' % n * 256, n % 2000 * 4096)
            if got:
                break
            acks.write('%d\n' % n)


def leaving(uri):
    """Go away with requests under way."""
    h = connect(uri)
    buffers = [nbd.Buffer(256 * 1024) for _ in range(32)]
    for i, buffer in enumerate(buffers):
        h.aio_pread(buffer, i * 256 * 1024)
    os._exit(0)


TRIES = {f.__name__.replace('_', '-'): f
         for f in (unaligned, bad_block, fua, two, medium, dying, writing, leaving)}
TRIES[sys.argv[1]](*sys.argv[2:])
