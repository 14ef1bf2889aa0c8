// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trivet-sim disk: move data between host files and a simulated disk, through
 * the driver. The world is a scenario like any other, so every checker watches.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <trivet/disk.h>
#include <os/test-sim/cli/cli.h>
#include <os/test-sim/cli/disk.h>

static struct sim_disk_job job;

void sim_disk_stop(int code, const char *fmt, ...)
{
	static char text[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!job.code)
		job.code = cli_error(code, "%s", text);
}

/* What sim_plug() and the driver say, as an exit code. */
static int code_of(int rc)
{
	switch (-rc) {
	case EINVAL:
		return CLI_USAGE;
	case EACCES:
	case EPERM:
	case EROFS:
	case ENOMEM:
		return CLI_LIMIT;
	case EBUSY:
		return CLI_BUSY;
	default:
		return CLI_FAILED;
	}
}

/* What the device is told is behind this unit: "file:...", or NULL. */
static const char *unit_spec(void)
{
	char key[16];
	int n = snprintf(key, sizeof(key), ",disk%u=", job.unit);
	const char *at = strstr(job.spec, key);

	return at ? at + n : NULL;
}

static struct trv_disk *find_disk(struct trv_dev *dev)
{
	struct trv_disk *d;

	for (d = trv_disk_first(dev); d; d = trv_disk_next(d)) {
		if (trv_disk_info(d)->unit == job.unit)
			return d;
	}
	if (unit_spec())
		sim_disk_stop(CLI_FAILED, "the driver found no disk %u on '%s'", job.unit,
			      job.spec);
	else
		sim_disk_stop(CLI_USAGE,
			      "'%s' has no disk %u; give it one, as in "
			      "-d piix4-ide,disk%u=file:disk.img, or another --unit",
			      job.spec, job.unit, job.unit);
	return NULL;
}

/* Nothing can be done with an empty tray. */
static bool has_medium(struct trv_disk *disk)
{
	if (trv_disk_info(disk)->blocks)
		return true;
	sim_disk_stop(CLI_USAGE, "there is no disc in disk %u; give it one: disk%u=cd:disc.iso",
		      job.unit, job.unit);
	return false;
}

/* The image the disk is, must not also be the file beside it. */
static bool is_image(const struct stat *file)
{
	struct stat image;
	char path[4096];

	for (const char *at = strchr(job.spec, ':'); at; at = strchr(at + 1, ':')) {
		snprintf(path, sizeof(path), "%.*s", (int)strcspn(at + 1, ","), at + 1);
		if (!stat(path, &image) && file->st_dev == image.st_dev &&
		    file->st_ino == image.st_ino)
			return true;
	}
	return false;
}

static bool cannot_open(int err)
{
	switch (err) {
	case EACCES:
	case EPERM:
	case EROFS:
		sim_disk_stop(
			CLI_LIMIT,
			"cannot open '%s': %s; give yourself permission, or name another file",
			job.path, strerror(err));
		return false;
	case EMFILE:
	case ENFILE:
		sim_disk_stop(CLI_LIMIT, "cannot open '%s': %s; raise the limit, see: ulimit -a",
			      job.path, strerror(err));
		return false;
	default:
		sim_disk_stop(CLI_USAGE, "cannot open '%s': %s; name another file", job.path,
			      strerror(err));
		return false;
	}
}

/* Nothing in the file is touched before it is known to be neither image nor in use. */
static bool open_file(void)
{
	const bool reads = job.flags == O_RDONLY, stream = !strcmp(job.path, "-");
	struct stat st;

	job.size = -1;
	job.fd = stream ? dup(reads ? STDIN_FILENO : STDOUT_FILENO) :
			  open(job.path, (job.flags & ~O_TRUNC) | O_CLOEXEC, 0666);
	if (job.fd < 0 || fstat(job.fd, &st))
		return cannot_open(errno);
	if (S_ISDIR(st.st_mode))
		return cannot_open(EISDIR);
	if (is_image(&st)) {
		sim_disk_stop(CLI_BUSY, "'%s' is the disk's own image; name another file",
			      job.path);
		return false;
	}
	if (stream || !S_ISREG(st.st_mode))
		return true;
	job.size = st.st_size;
	if (flock(job.fd, (reads ? LOCK_SH : LOCK_EX) | LOCK_NB) && errno == EWOULDBLOCK) {
		sim_disk_stop(CLI_BUSY,
			      "'%s' is in use by another run; wait for it, "
			      "or name another file",
			      job.path);
		return false;
	}
	if (job.flags & O_TRUNC && ftruncate(job.fd, 0))
		return cannot_open(errno);
	return true;
}

/* A misspelt option would be ignored without a word. */
static bool options_known(const struct trv_dev *dev)
{
	for (u32 i = 0; i < dev->n_options; i++) {
		if (!dev->options[i].asked) {
			sim_disk_stop(CLI_USAGE,
				      "--set: the driver of '%.*s' has no option '%s'; "
				      "see: trivet-sim disk --help",
				      (int)strcspn(job.spec, ","), job.spec, dev->options[i].name);
			return false;
		}
	}
	return true;
}

static void count_start(struct trv_dev *dev)
{
	job.reads = dev->reads;
	job.writes = dev->writes;
	job.irqs = sim_irq_count(dev, 0) + sim_irq_count(dev, 1);
	job.ns = sim_now();
}

static void count_end(struct trv_dev *dev, struct trv_disk *disk)
{
	struct trv_disk_stats stats;

	trv_disk_stats(disk, &stats);
	job.requests = stats.requests;
	job.reads = dev->reads - job.reads;
	job.writes = dev->writes - job.writes;
	job.irqs = sim_irq_count(dev, 0) + sim_irq_count(dev, 1) - job.irqs;
	job.ns = sim_now() - job.ns;
	snprintf(job.mode, sizeof(job.mode), "%s", trv_disk_info(disk)->mode);
}

static void body(void)
{
	struct trv_dev *dev = sim_plug(job.spec);
	struct trv_disk *disk;
	int rc;

	if (!dev) {
		sim_disk_stop(code_of(sim_plug_status()), "%s", sim_opt_error_text());
		return;
	}
	sim_budget(~0ULL, ~0ULL);
	for (u32 i = 0; i < job.n_set; i++)
		sim_option_set(dev, job.set[i].name, job.set[i].val);
	rc = sim_bind(dev);
	if (rc) {
		sim_disk_stop(CLI_FAILED, "no driver took '%s': %s; see: trivet-sim list --drivers",
			      job.spec, strerror(-rc));
		return;
	}
	disk = options_known(dev) ? find_disk(dev) : NULL;
	if (disk && has_medium(disk) && (!job.allowed || job.allowed(trv_disk_info(disk), &job)) &&
	    open_file()) {
		count_start(dev);
		job.work(disk, &job);
		count_end(dev, disk);
	}
	sim_unbind(dev);
}

static void print_row(void)
{
	double n = job.requests ? (double)job.requests : 1;

	fprintf(stderr, "%-10.*s %-8s %-9s %9llu %10llu %9.2f %9.2f %12.3f\n",
		(int)strcspn(job.spec, ","), job.spec, job.mode, job.verb,
		(unsigned long long)job.requests, (unsigned long long)job.irqs,
		(double)job.reads / n, (double)job.writes / n, (double)job.ns / 1e6);
}

static void print_header(void)
{
	fprintf(stderr, "%-10s %-8s %-9s %9s %10s %9s %9s %12s\n", "model", "mode", "job",
		"requests", "interrupts", "reads/req", "wrts/req", "virtual ms");
}

/* "name=value" into the job's options; false after it complained */
static bool add_option(const char *text)
{
	const char *eq = strchr(text, '=');
	unsigned long val;

	if (!eq || eq == text || eq - text >= (int)sizeof(job.set[0].name)) {
		cli_error(CLI_USAGE, "--set takes NAME=NUMBER, not '%s'", text);
		return false;
	}
	if (job.n_set == TRV_ARRAY_SIZE(job.set)) {
		cli_error(CLI_USAGE, "--set: more than %zu options", TRV_ARRAY_SIZE(job.set));
		return false;
	}
	if (!cli_number("--set", eq + 1, 0, 0xffffffff, &val))
		return false;
	snprintf(job.set[job.n_set].name, sizeof(job.set[0].name), "%.*s", (int)(eq - text), text);
	job.set[job.n_set++].val = (u32)val;
	return true;
}

static bool parse(int argc, char **argv, int *code)
{
	static const struct option longs[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "unit", required_argument, NULL, 'u' },
		{ "set", required_argument, NULL, 'o' },
		{ "lba", required_argument, NULL, 'l' },
		{ "count", required_argument, NULL, 'c' },
		{ "max", required_argument, NULL, 'm' },
		{ "seed", required_argument, NULL, 's' },
		{ "svg", required_argument, NULL, 'S' },
		{ "header", no_argument, NULL, 'H' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	unsigned long n;
	int c;

	job = (struct sim_disk_job){ .count = 1000, .max = 256, .seed = 1 };
	while ((c = cli_getopt(argc, argv, ":hd:u:o:l:c:m:s:", longs)) != -1) {
		bool ok = true;

		switch (c) {
		case 'd':
			job.spec = optarg;
			break;
		case 'o':
			ok = add_option(optarg);
			break;
		case 'u':
			ok = cli_number("--unit", optarg, 0, 3, &n);
			job.unit = (u32)n;
			break;
		case 'l':
			ok = cli_number("--lba", optarg, 0, ~0UL >> 1, &n);
			job.lba = n;
			break;
		case 'c':
			ok = cli_number("--count", optarg, 1, 1000000000, &n);
			job.count = n;
			job.count_given = true;
			break;
		case 'm':
			ok = cli_number("--max", optarg, 1, 65536, &n);
			job.max = (u32)n;
			break;
		case 's':
			ok = cli_number("--seed", optarg, 1, 0xffffffff, &n);
			job.seed = (u32)n;
			break;
		case 'S':
			job.svg = optarg;
			break;
		case 'H':
			job.header = true;
			break;
		default:
			*code = c == 'h' ? CLI_OK : CLI_USAGE;
			return false;
		}
		if (!ok) {
			*code = CLI_USAGE;
			return false;
		}
	}
	return true;
}

static const struct {
	const char *verb;
	int flags;
	bool (*allowed)(const struct trv_disk_info *info, const struct sim_disk_job *job);
	void (*work)(struct trv_disk *disk, struct sim_disk_job *job);
} verbs[] = {
	{ "read", O_WRONLY | O_CREAT | O_TRUNC, sim_disk_read_allowed, sim_disk_read },
	{ "write", O_RDONLY, NULL, sim_disk_write },
	{ "exercise", O_RDWR, NULL, sim_disk_exercise },
};

static int choose_verb(const char *verb)
{
	for (u32 i = 0; i < TRV_ARRAY_SIZE(verbs); i++) {
		if (!strcmp(verb, verbs[i].verb)) {
			job.verb = verbs[i].verb;
			job.allowed = verbs[i].allowed;
			job.work = verbs[i].work;
			return verbs[i].flags;
		}
	}
	return -1;
}

static int run_job(void)
{
	char title[160];
	struct sim_scenario s = { .name = "disk", .what = job.spec, .run = body };
	struct sim_result r;
	int rc;

	rc = job.svg ? cli_check_write(job.svg) : CLI_OK;
	if (rc)
		return rc;
	job.fd = -1;
	sim_run(&s, NULL, 0, job.svg != NULL, &r);
	if (job.fd >= 0 && close(job.fd) && r.pass)
		sim_disk_stop(CLI_FAILED, "'%s': %s", job.path, strerror(errno));
	if (!r.pass) {
		sim_report(stderr, "", false, &s, NULL, 0, &r);
		return CLI_FAILED;
	}
	if (job.code)
		return job.code;
	if (job.header)
		print_header();
	print_row();
	snprintf(title, sizeof(title), "%s through the driver, %s", job.verb, job.spec);
	rc = job.svg ? sim_timeline_svg(job.svg, title) : 0;
	if (rc)
		return cli_error(CLI_FAILED, "cannot write '%s': %s", job.svg, strerror(-rc));
	return CLI_OK;
}

static int run(int argc, char **argv)
{
	int code = CLI_OK;
	const char *image;

	if (!parse(argc, argv, &code))
		return code;
	if (argc - optind != 2)
		return cli_error(CLI_USAGE, "a job (read, write, exercise) and a file are wanted; "
					    "see: trivet-sim disk --help");
	job.flags = choose_verb(argv[optind]);
	if (job.flags < 0)
		return cli_error(CLI_USAGE, "no job '%s'; there are: read, write, exercise",
				 argv[optind]);
	if (!job.spec)
		return cli_error(CLI_USAGE, "which device? e.g. -d piix3-ide,disk0=ro:disk.img");
	job.path = argv[optind + 1];
	image = unit_spec();
	if (!(job.flags & O_TRUNC) && image &&
	    (!strncmp(image, "cd:", 3) || !strncmp(image, "cdmem:", 6)))
		return cli_error(CLI_USAGE, "disk %u is a CD drive, which can only read", job.unit);
	if (!(job.flags & O_TRUNC) && image && !strncmp(image, "ro:", 3))
		return cli_error(CLI_USAGE, "disk %u is read-only; for %s, write disk%u=file:%.*s",
				 job.unit, job.verb, job.unit, (int)strcspn(image + 3, ","),
				 image + 3);
	return run_job();
}

const struct cli_verb cli_verb_disk = {
	.name = "disk",
	.args = "-d DEVICE [OPTION]... read|write|exercise FILE",
	.what = "move data between FILE and a simulated disk, through its driver",
	.help = "Jobs:\n"
		"  read      the whole disk (or --count blocks from --lba) into FILE\n"
		"  write     FILE onto the disk from --lba, then flush\n"
		"  exercise  --count random reads and writes of 1 to --max blocks; FILE is a\n"
		"            copy of the image beforehand and is brought up to date without\n"
		"            the driver, so that cmp can judge\n\n"
		"FILE may be - for standard output (read) or input (write).\n\n"
		"Options:\n"
		"  -d, --device SPEC   MODEL,disk0=file:PATH,... (ro:PATH, mem:SIZE, sparse:SIZE;\n"
		"                      cd:PATH is a CD drive); see: trivet-sim list --models\n"
		"  -u, --unit N        which disk: 0, 1 primary; 2, 3 secondary channel\n"
		"  -o, --set NAME=N    a driver option, e.g. dma=0\n"
		"  -l, --lba N         first block\n"
		"  -c, --count N       blocks to read, or random requests (1000 if not given)\n"
		"  -m, --max N         blocks of the longest request; 256 if not given\n"
		"  -s, --seed N        another random sequence\n"
		"      --svg FILE      draw the run; a long one shows its beginning and its end\n"
		"      --header        print the table's head first\n\n"
		"Examples:\n"
		"  trivet-sim disk -d piix3-ide,disk0=ro:disk.img read copy.img\n"
		"  trivet-sim disk -d piix4-ide,disk0=file:disk.img --set dma=0 -l 2048 write boot.bin\n"
		"  trivet-sim disk -d piix4-ide,disk2=cd:disc.iso -u 2 read copy.iso\n",
	.run = run,
};
