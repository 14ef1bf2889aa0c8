// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trivet trace: a run, recorded and decoded as it goes on; or a recording, read back. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <os/linux-user/cli/run.h>
#include <os/linux-user/cli/trace.h>

static const struct trace_form *const forms[] = { &trace_text, &trace_json, &trace_vcd };

/** struct group - facts that --only names together: those from @first to @last */
static const struct group {
	const char *name;
	enum trv_fact_kind first, last;
} groups[] = {
	{ "regs", TRV_FACT_REG_READ, TRV_FACT_REG_WRITE_REP },
	{ "cfg", TRV_FACT_CFG_READ, TRV_FACT_CFG_WRITE },
	{ "dma", TRV_FACT_DMA_ALLOC, TRV_FACT_DMA_SYNC_DEVICE },
	{ "irq", TRV_FACT_IRQ_ALLOC, TRV_FACT_IRQ_DONE },
	{ "work", TRV_FACT_WORK_QUEUE, TRV_FACT_WORK_DONE },
	{ "timer", TRV_FACT_TIMER_ARM, TRV_FACT_TIMER_DONE },
	{ "req", TRV_FACT_REQ_START, TRV_FACT_REQ_DONE },
	{ "event", TRV_FACT_EVENT, TRV_FACT_EVENT },
	{ "life", TRV_FACT_DEVICE, TRV_FACT_GONE },
};

static struct {
	const struct trace_form *form;
	const char *output, *record, *read;
	u32 only; /* groups, a bit each; 0: all */
	FILE *out;
	struct trv_user_recording *recording;
	int facts_fd; /* where a form that needs all facts twice has them; -1 */
	bool begun;
} job = { .form = &trace_text, .facts_fd = -1 };

/* ---- options ------------------------------------------------------------- */

static bool take_form(const char *name)
{
	for (u32 i = 0; i < TRV_ARRAY_SIZE(forms); i++) {
		if (!strcmp(forms[i]->name, name)) {
			job.form = forms[i];
			return true;
		}
	}
	cli_error(CLI_USAGE, "--format is text, json or vcd, not '%s'", name);
	return false;
}

static bool take_group(const char *name, size_t len)
{
	for (u32 i = 0; i < TRV_ARRAY_SIZE(groups); i++) {
		if (strlen(groups[i].name) == len && !strncmp(groups[i].name, name, len)) {
			job.only |= 1U << i;
			return true;
		}
	}
	cli_error(CLI_USAGE,
		  "--only takes some of regs,cfg,dma,irq,work,timer,req,event,life, not '%.*s'",
		  (int)len, name);
	return false;
}

static bool take_only(const char *list)
{
	size_t len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		if (!take_group(list, len))
			return false;
		if (!list[len])
			return true;
	}
}

static bool take_option(int c)
{
	switch (c) {
	case 'o':
		job.output = optarg;
		return true;
	case 'R':
		job.record = optarg;
		return true;
	case 'r':
		job.read = optarg;
		return true;
	case 'F':
		return take_form(optarg);
	case 'O':
		return take_only(optarg);
	case 'j':
		job.form = &trace_json;
		return true;
	case 'f':
		trace_text_fold = false;
		return true;
	default:
		return run_option(c);
	}
}

/* ---- output -------------------------------------------------------------- */

/* By whichever names. A device is written to by as many as like. */
static bool same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	if (!a || !b)
		return false;
	if (stat(a, &sa) || stat(b, &sb))
		return !strcmp(a, b);
	return sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino && S_ISREG(sa.st_mode);
}

static int one_file(const char *path)
{
	return cli_error(CLI_USAGE,
			 "'%s' cannot be two files at once; give -o another name, or none", path);
}

static int open_output(void)
{
	job.out = job.output ? fopen(job.output, "we") : stdout;
	if (!job.out)
		return cli_error(CLI_FAILED, "cannot write '%s': %s", job.output, strerror(errno));
	/* A line that was traced is seen, should the driver crash on the next. */
	setvbuf(job.out, NULL, _IOLBF, 1 << 16);
	return CLI_OK;
}

/* What goes to stdout is looked after by the caller of all verbs. */
static int close_output(int rc)
{
	bool bad;

	if (!job.out || job.out == stdout)
		return rc;
	bad = ferror(job.out) || fflush(job.out);
	bad |= fclose(job.out) != 0;
	job.out = NULL;
	if (bad)
		return cli_error(CLI_FAILED, "cannot write '%s': %s", job.output,
				 strerror(errno ?: EIO));
	return rc;
}

static bool selected(const struct trv_fact *f)
{
	for (u32 i = 0; job.only && i < TRV_ARRAY_SIZE(groups); i++) {
		if (job.only & 1U << i && f->kind >= groups[i].first && f->kind <= groups[i].last)
			return true;
	}
	return !job.only;
}

static void begin(void)
{
	if (job.form->begin)
		job.form->begin(job.out);
	job.begun = true;
}

static void end(void)
{
	if (job.begun && job.form->end)
		job.form->end(job.out);
	job.begun = false;
}

static void print(const struct trv_fact *f)
{
	if (selected(f))
		job.form->fact(job.out, f);
}

static void look(const struct trv_fact *f)
{
	if (selected(f))
		job.form->look(f);
}

/* ---- recordings ---------------------------------------------------------- */

/*
 * Hand each fact of @path, or of job.facts_fd if that is open, to @fn: CLI_OK, or an exit code, after
 * it complained unless @quiet.
 */
static int each_fact(const char *path, void (*fn)(const struct trv_fact *f), bool quiet)
{
	struct trv_user_reading *r;
	struct trv_user_error err;
	struct trv_fact f;
	int rc = job.facts_fd < 0 ? trv_user_reading_open(path, &err, &r) :
				    trv_user_reading_fd(job.facts_fd, path, &err, &r);

	if (rc)
		return cli_error(cli_code(rc), "%s", err.text);
	while ((rc = trv_user_reading_next(r, &err, &f)) == 1) {
		trace_learn(&f);
		fn(&f);
	}
	trv_user_reading_close(r);
	if (rc && !quiet)
		cli_error(CLI_FAILED, "'%s': %s", path, err.text);
	return rc ? CLI_FAILED : CLI_OK;
}

static int print_recording(const char *path)
{
	int rc;

	/* What is there is printed; what is wrong with the rest is said once. */
	if (job.form->whole)
		each_fact(path, look, true);
	begin();
	rc = each_fact(path, print, false);
	end();
	return rc;
}

static int read_back(const char *driver)
{
	struct user_drivers drivers = { 0 };
	struct trv_user_reading *r;
	struct trv_user_error err;
	int rc = driver ? cli_drivers_find(driver, &drivers) : CLI_OK;

	if (rc)
		return rc;
	/* Before anything is written over. */
	rc = trv_user_reading_open(job.read, &err, &r);
	if (rc)
		return cli_error(cli_code(rc), "%s", err.text);
	trv_user_reading_close(r);
	trace_names_begin(&drivers);
	rc = open_output();
	if (!rc)
		rc = print_recording(job.read);
	return close_output(rc);
}

/* ---- a run --------------------------------------------------------------- */

static int heard(const struct trv_fact *f, void *arg)
{
	/* How it goes is asked at the end: what is printed goes on when a disk is full. */
	if (job.recording)
		(void)!trv_user_recording_add(f, job.recording);
	if (!job.form->whole) {
		trace_learn(f);
		print(f);
	}
	return 0;
}

/* A file without a name, for a form that needs all facts before it begins: how it can be opened is in @path. */
static int open_temp(char path[32])
{
	char name[256];

	snprintf(name, sizeof(name), "%s/trivet.XXXXXX", getenv("TMPDIR") ?: "/tmp");
	job.facts_fd = mkstemp(name);
	if (job.facts_fd < 0)
		return cli_error(CLI_LIMIT, "cannot make '%s': %s", name, strerror(errno));
	unlink(name);
	snprintf(path, 32, "/proc/self/fd/%d", job.facts_fd);
	return CLI_OK;
}

/* To be read as well when all is over. In a sandbox it cannot be opened then. */
static int open_recording(const char *path)
{
	struct trv_user_error err;

	if (trv_user_recording_create(path, &err, &job.recording))
		return cli_error(CLI_FAILED, "%s", err.text);
	if (!job.form->whole || job.facts_fd >= 0)
		return CLI_OK;
	job.facts_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (job.facts_fd < 0)
		return cli_error(CLI_FAILED, "cannot read '%s': %s", path, strerror(errno));
	return CLI_OK;
}

static int opened(struct trv_host *host, const struct user_drivers *drivers)
{
	const char *to = job.record;
	char temp[32];
	int rc = open_output();

	/* Before it was made, there was nothing to compare. */
	if (!rc && same_file(job.output, job.record)) {
		unlink(job.output);
		return one_file(job.output);
	}
	if (!rc && !to && job.form->whole) {
		rc = open_temp(temp);
		to = temp;
	}
	if (!rc && to)
		rc = open_recording(to);
	if (rc)
		return rc;
	trace_names_begin(drivers);
	if (!job.form->whole)
		begin();
	rc = trv_user_record(host, heard, NULL);
	return rc ? cli_error(cli_code(rc), "cannot record: %s", strerror(-rc)) : CLI_OK;
}

static void closing(struct trv_host *host)
{
	trv_user_record_end(host);
}

static int finish(int rc)
{
	const char *path = job.record ?: "a temporary file";
	int bad;

	if (!job.out)
		return rc;
	bad = trv_user_recording_close(job.recording);
	job.recording = NULL;
	if (bad)
		rc = cli_error(CLI_FAILED, "cannot record to '%s', it ends early: %s", path,
			       strerror(-bad));
	if (job.facts_fd >= 0 && print_recording(path) && !rc)
		rc = CLI_FAILED;
	end();
	if (job.facts_fd >= 0)
		close(job.facts_fd);
	return close_output(rc);
}

static int record_run(const char *driver)
{
	const struct run_call call = {
		.out = job.output ? stdout : stderr,
		.opened = opened,
		.closing = closing,
	};

	int rc = job.output ? cli_check_write(job.output) : CLI_OK;

	if (!rc && job.record)
		rc = cli_check_write(job.record);
	if (rc)
		return rc;
	return finish(run_driver(driver, &call, 0));
}

static int trace(int argc, char **argv)
{
	static const struct option longs[] = {
		RUN_LONGS,
		{ "output", required_argument, NULL, 'o' },
		{ "record", required_argument, NULL, 'R' },
		{ "read", required_argument, NULL, 'r' },
		{ "format", required_argument, NULL, 'F' },
		{ "only", required_argument, NULL, 'O' },
		{ "no-fold", no_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c, rc;

	trv_user_log_level(TRV_LOG_WARN);
	while ((c = cli_getopt(argc, argv, ":ho:r:" RUN_SHORTS, longs)) != -1) {
		if (c == 'h')
			return CLI_OK;
		if (c == '?' || !take_option(c))
			return CLI_USAGE;
	}
	if (job.read && (job.record || run_options()))
		return cli_error(CLI_USAGE,
				 "--read reads what was recorded: there is nothing to run or "
				 "record; see: trivet trace --help");
	if (same_file(job.output, job.record) || same_file(job.output, job.read))
		return one_file(job.output);
	if ((!job.read || optind < argc) && !cli_one_argument(argc, argv, "driver"))
		return CLI_USAGE;
	if (job.read)
		return read_back(argv[optind]);
	rc = record_run(argv[optind]);
	cli_stop_raise();
	return rc;
}

const struct cli_verb cli_verb_trace = {
	.name = "trace",
	.args = "DRIVER|FILE.so -d HARDWARE [OPTION]... | --read FILE [OPTION]...",
	.what = "run a driver, and tell what it and the device do to each other",
	.help = "As trivet run, without a bench unless one is asked for. Register accesses are decoded\n"
		"by the driver's tables, with the bits that changed; reads that find nothing new are\n"
		"one line (\"x 37\"). The trace goes to stdout and the report to stderr, or with -o the\n"
		"trace to a file and the report to stdout.\n\n"
		"Options:\n"
		"  -o, --output FILE      where the trace goes\n"
		"  --format FORMAT        text, json, or vcd for GTKWave; text if not given\n"
		"  --json                 the same as --format json\n"
		"  --only WHAT,...        of regs,cfg,dma,irq,work,timer,req,event,life\n"
		"  --no-fold              each read a line of its own\n"
		"  --record FILE          keep all of it, for --read\n"
		"  -r, --read FILE        run nothing; print what --record kept\n" RUN_HELP "\n"
		"Examples:\n"
		"  trivet trace ide -d qemu:piix3-ide,disk=d.img\n"
		"  trivet trace edu -d qemu:edu --only regs,irq\n"
		"  trivet trace ide -d qemu:piix4-ide,disk=d.img --record run.trace -o run.txt\n"
		"  trivet trace --read run.trace --format vcd -o run.vcd\n",
	.run = trace,
};
