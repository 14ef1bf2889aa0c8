// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a disk promised, and whether it kept it: durable.sh's two halves.
 *
 *	durable write files|raw N PATH		until killed: says "ack N WHAT SEQ ." when a write
 *						is acknowledged, "drop N SEQ ." before a file goes
 *	durable check files|raw N PATH <ACKS	what was acknowledged is there; 1 when not
 *
 * N tells disks apart. "files" works in a directory: new files with fsync(), a file overwritten in
 * place with fdatasync(), a file replaced by rename(). "raw" writes a disk with O_DIRECT|O_DSYNC.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOT = 4096, SLOTS = 64, FILE_MAX = 40000, KEPT = 40, MAGIC = 0x44555241 };

struct head {
	uint32_t magic, disk, seq, len;
};

static uint32_t disk;

static void die(const char *what)
{
	fprintf(stderr, "durable: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Contents number @seq: a header, and bytes that follow from it. */
static void fill(unsigned char *buf, uint32_t seq, uint32_t len)
{
	const struct head head = { MAGIC, disk, seq, len };
	uint32_t x = (seq + 1) * 2654435761u ^ disk;

	for (uint32_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		buf[i] = (unsigned char)x;
	}
	memcpy(buf, &head, sizeof(head));
}

/* The number of what is in @buf, if it is whole; -1 if it is not. */
static long whole(const unsigned char *buf, uint32_t len)
{
	static unsigned char want[FILE_MAX];
	struct head head;

	if (len < sizeof(head) || len > sizeof(want))
		return -1;
	memcpy(&head, buf, sizeof(head));
	if (head.magic != MAGIC || head.disk != disk || head.len != len)
		return -1;
	fill(want, head.seq, len);
	return memcmp(buf, want, len) ? -1 : (long)head.seq;
}

static uint32_t file_len(uint32_t seq)
{
	return (uint32_t)sizeof(struct head) +
	       seq * 7919u % (FILE_MAX - (uint32_t)sizeof(struct head));
}

/* ---- writing ------------------------------------------------------------- */

/* One write(), so that lines of several processes do not mix. */
static void say(const char *verb, const char *what, uint32_t seq)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "%s %u %s%u .\n", verb, disk, what, seq);

	if (write(STDOUT_FILENO, line, (size_t)n) != n)
		die("output");
}

static void new_file(int dir, const char *name, unsigned char *buf, uint32_t seq)
{
	uint32_t len = file_len(seq);
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	fill(buf, seq, len);
	if (fd < 0 || write(fd, buf, len) != (ssize_t)len || fsync(fd))
		die(name);
	close(fd);
}

static void write_slot(int fd, unsigned char *buf, uint32_t seq)
{
	fill(buf, seq, SLOT);
	if (pwrite(fd, buf, SLOT, (off_t)(seq % SLOTS) * SLOT) != SLOT)
		die("slot");
}

static void write_files(const char *path, unsigned char *buf)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY);
	int slots = openat(dir, "slots", O_RDWR | O_CREAT, 0644);
	char name[32];

	if (dir < 0 || slots < 0)
		die(path);
	for (uint32_t seq = 0;; seq++) {
		snprintf(name, sizeof(name), "file.%u", seq);
		new_file(dir, name, buf, seq);
		say("ack", "file ", seq);
		if (seq >= KEPT) {
			say("drop", "", seq - KEPT);
			snprintf(name, sizeof(name), "file.%u", seq - KEPT);
			if (unlinkat(dir, name, 0))
				die(name);
		}

		write_slot(slots, buf, seq);
		if (fdatasync(slots))
			die("slots");
		say("ack", "slot ", seq);

		new_file(dir, "new", buf, seq);
		if (renameat(dir, "new", dir, "current") || fsync(dir))
			die("current");
		say("ack", "link ", seq);
	}
}

static void write_raw(const char *path, unsigned char *buf)
{
	int fd = open(path, O_RDWR | O_DIRECT | O_DSYNC);

	if (fd < 0)
		die(path);
	for (uint32_t seq = 0;; seq++) {
		write_slot(fd, buf, seq);
		say("ack", "slot ", seq);
	}
}

/* ---- checking ------------------------------------------------------------ */

/* The number of the whole contents of @name, or of its slot @slot; -1: not there, or not whole. */
static long number_of(int dir, const char *name, int slot, unsigned char *buf)
{
	int fd = openat(dir, name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = slot < 0 ? read(fd, buf, FILE_MAX) : pread(fd, buf, SLOT, (off_t)slot * SLOT);
	close(fd);
	return n < 0 ? -1 : whole(buf, (uint32_t)n);
}

static int lost(const char *what, long want, long found)
{
	printf("# disk %u: %s %ld was acknowledged; there is %s", disk, what, want,
	       found < 0 ? "nothing whole" : "");
	if (found >= 0)
		printf("%ld", found);
	putchar('\n');
	return 1;
}

enum { MOST = 100000 };
static char acked[MOST], dropped[MOST];

static int check(int dir, const char *slots, unsigned char *buf)
{
	long slot[SLOTS], link = -1, found;
	char line[128], what[16], name[32];
	int n = 0, bad = 0, end;
	unsigned int d, seq;

	memset(slot, 0xff, sizeof(slot));
	while (fgets(line, sizeof(line), stdin)) {
		/* The last line may be cut short. */
		end = 0;
		if (sscanf(line, "drop %u %u .%n", &d, &seq, &end) == 2 && end && d == disk &&
		    seq < MOST)
			dropped[seq] = 1;
		if (sscanf(line, "ack %u %15s %u .%n", &d, what, &seq, &end) != 3 || !end ||
		    d != disk || seq >= MOST)
			continue;
		n++;
		if (!strcmp(what, "file"))
			acked[seq] = 1;
		else if (!strcmp(what, "slot"))
			slot[seq % SLOTS] = seq;
		else
			link = seq;
	}
	for (seq = 0; seq < MOST; seq++) {
		if (!acked[seq] || dropped[seq])
			continue;
		snprintf(name, sizeof(name), "file.%u", seq);
		found = number_of(dir, name, -1, buf);
		if (found != (long)seq)
			bad += lost("file", seq, found);
	}
	for (int i = 0; i < SLOTS; i++) {
		found = slot[i] < 0 ? 0 : number_of(dir, slots, i, buf);
		if (slot[i] >= 0 && found < slot[i])
			bad += lost("slot", slot[i], found);
	}
	found = link < 0 ? 0 : number_of(dir, "current", -1, buf);
	if (link >= 0 && found < link)
		bad += lost("link", link, found);
	printf("acknowledged %d lost %d\n", n, bad);
	return n && !bad ? 0 : 1;
}

int main(int argc, char **argv)
{
	unsigned char *buf = NULL;
	int raw;

	if (argc != 5 || posix_memalign((void **)&buf, SLOT, FILE_MAX)) {
		fprintf(stderr, "usage: durable write|check files|raw N PATH\n");
		return 2;
	}
	raw = !strcmp(argv[2], "raw");
	disk = (uint32_t)atoi(argv[3]);
	if (!strcmp(argv[1], "check")) {
		int dir = raw ? AT_FDCWD : open(argv[4], O_RDONLY | O_DIRECTORY);

		if (!raw && dir < 0)
			die(argv[4]);
		return check(dir, raw ? argv[4] : "slots", buf);
	}
	if (raw)
		write_raw(argv[4], buf);
	else
		write_files(argv[4], buf);
	return 0;
}
