// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * From a program counter to file, line and function, for the findings of
 * compiler hooks, which come without a struct sim_site. binutils' addr2line
 * reads the debug information; without it the symbol table has to do.
 */
#define _GNU_SOURCE /* pipe2(), dladdr() */
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <os/test-sim/engine.h>
#include <os/test-sim/story.h>
#include <os/test-sim/symbol.h>

#define MAX_SITES 256

extern char **environ;

static struct {
	const void *pc;
	struct sim_site site;
	char file[192];
	char func[64];
} sites[MAX_SITES];
static u32 n_sites;

static int first_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	*(uintptr_t *)arg = info->dlpi_addr;
	return 1;
}

uintptr_t sim_load_bias(void)
{
	uintptr_t bias = 0;

	dl_iterate_phdr(first_object, &bias);
	return bias;
}

bool sim_addr2line(const uintptr_t *addr, u32 n_addr, char *buf, size_t len)
{
	static char where[SIM_ADDR2LINE][20];
	char exe[1024];
	char *argv[6 + SIM_ADDR2LINE + 1] = { "addr2line", "-a", "-i", "-f", "-e", exe };
	posix_spawn_file_actions_t fa;
	int fds[2], status = -1;
	size_t got = 0;
	ssize_t n;
	pid_t pid;

	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n < 0 || pipe2(fds, O_CLOEXEC))
		return false;
	exe[n] = '\0';
	for (u32 i = 0; i < trv_min(n_addr, (u32)SIM_ADDR2LINE); i++) {
		snprintf(where[i], sizeof(where[i]), "0x%lx", (unsigned long)addr[i]);
		argv[6 + i] = where[i];
	}
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, fds[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&fa, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (!posix_spawnp(&pid, argv[0], &fa, NULL, argv, environ)) {
		close(fds[1]);
		/* What there is no room for has to be read all the same, or it never ends. */
		while ((n = read(fds[0], got < len - 1 ? buf + got : exe,
				 got < len - 1 ? len - 1 - got : sizeof(exe))) > 0)
			got += got < len - 1 ? (size_t)n : 0;
		while (waitpid(pid, &status, 0) < 0)
			;
	} else {
		close(fds[1]);
	}
	close(fds[0]);
	posix_spawn_file_actions_destroy(&fa);
	buf[got] = '\0';
	return status == 0 && got;
}

bool sim_addr2line_next(char **text, char **func, char **file, u32 *line)
{
	char *colon;

	if (!*text || !**text || !strncmp(*text, "0x", 2))
		return false;
	*func = strsep(text, "\n");
	*file = *text ? strsep(text, "\n") : "";
	colon = strrchr(*file, ':');
	*line = colon ? (u32)strtoul(colon + 1, NULL, 10) : 0;
	if (colon)
		*colon = '\0';
	return true;
}

static bool in_header(const char *file)
{
	size_t n = strlen(file);

	return n > 2 && !strcmp(file + n - 2, ".h");
}

const char *sim_short_path(const char *file)
{
	char cwd[1024];
	size_t n;

	if (!getcwd(cwd, sizeof(cwd)))
		return file;
	n = strlen(cwd);
	return !strncmp(file, cwd, n) && file[n] == '/' ? file + n + 1 : file;
}

/* "ide_start.isra.0": the clone is not part of the name. */
static void copy_name(char *to, size_t len, const char *func)
{
	snprintf(to, len, "%.*s", (int)strcspn(func, "."), func);
}

/* From the innermost inlined function outwards: the first in a source file, not in a header. */
static bool parse_site(char *text, u32 i)
{
	char *func, *file;
	u32 line;

	if (text && !strncmp(text, "0x", 2))
		strsep(&text, "\n");
	while (sim_addr2line_next(&text, &func, &file, &line)) {
		if (!line || func[0] == '?')
			continue;
		snprintf(sites[i].file, sizeof(sites[i].file), "%s", sim_short_path(file));
		snprintf(sites[i].func, sizeof(sites[i].func), "%s", func);
		sites[i].site.line = line;
		if (!in_header(file))
			break;
	}
	return sites[i].site.line;
}

/* The function in this program's own symbol table: statics too, which dladdr() does not know. */
static bool look_up(const char *image, size_t size, uintptr_t addr, char *func, size_t len)
{
	const Elf64_Ehdr *eh = (const void *)image;
	const Elf64_Shdr *sh = (const void *)(image + eh->e_shoff);

	if (memcmp(eh->e_ident, ELFMAG, SELFMAG) || eh->e_ident[EI_CLASS] != ELFCLASS64 ||
	    !eh->e_shoff || eh->e_shoff + (u64)eh->e_shnum * sizeof(*sh) > size)
		return false;
	for (u32 i = 0; i < eh->e_shnum; i++) {
		const Elf64_Sym *sym = (const void *)(image + sh[i].sh_offset);
		const Elf64_Sym *end = sym + sh[i].sh_size / sizeof(*sym);

		if (sh[i].sh_type != SHT_SYMTAB)
			continue;
		for (; sym < end; sym++) {
			if (ELF64_ST_TYPE(sym->st_info) != STT_FUNC ||
			    addr - sym->st_value >= sym->st_size)
				continue;
			snprintf(func, len, "%s",
				 image + sh[sh[i].sh_link].sh_offset + sym->st_name);
			return true;
		}
	}
	return false;
}

static bool from_symbol_table(uintptr_t addr, char *func, size_t len)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	bool found = false;
	struct stat st;
	void *image;

	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && (size_t)st.st_size > sizeof(Elf64_Ehdr)) {
		image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (image != MAP_FAILED) {
			found = look_up(image, (size_t)st.st_size, addr, func, len);
			munmap(image, (size_t)st.st_size);
		}
	}
	close(fd);
	return found;
}

/* Not one of this program's lines: a function at least, its own or a library's. */
static void name_function(const void *pc, uintptr_t addr, u32 i)
{
	Dl_info lib;

	snprintf(sites[i].file, sizeof(sites[i].file), "?");
	if (from_symbol_table(addr, sites[i].func, sizeof(sites[i].func)))
		return;
	if (!dladdr(pc, &lib)) {
		snprintf(sites[i].func, sizeof(sites[i].func), "%p", pc);
		return;
	}
	snprintf(sites[i].file, sizeof(sites[i].file), "%s", sim_basename(lib.dli_fname));
	snprintf(sites[i].func, sizeof(sites[i].func), "%s", lib.dli_sname ? lib.dli_sname : "?");
}

const struct sim_site *sim_site_of_pc(const void *pc)
{
	uintptr_t addr = (uintptr_t)pc - 1; /* the call itself, not what follows it */
	uintptr_t bias = sim_load_bias();
	char text[4096];
	u32 i;

	for (i = 0; i < n_sites; i++) {
		if (sites[i].pc == pc)
			return &sites[i].site;
	}
	/* More findings than that in one process: the oldest name makes room. */
	i = n_sites < MAX_SITES ? n_sites++ : (u32)((uintptr_t)pc % MAX_SITES);
	memset(&sites[i], 0, sizeof(sites[i]));
	sites[i].pc = pc;
	sites[i].site.file = sites[i].file;
	sites[i].site.func = sites[i].func;

	if (!sim_addr2line(&(uintptr_t){ addr - bias }, 1, text, sizeof(text)) ||
	    !parse_site(text, i))
		name_function((const void *)addr, addr - bias, i);
	/* "ide_start.isra.0": the clone is not part of the name. */
	sites[i].func[strcspn(sites[i].func, ".")] = '\0';
	return &sites[i].site;
}

/* ---- stacks -------------------------------------------------------------- */

/* What the simulator calls a driver from, other than its caller. */
static const char *gap_of(const char *func)
{
	if (!strcmp(func, "sim_irq_run"))
		return "interrupting";
	if (!strcmp(func, "sim_timer_run"))
		return "a timer, interrupting";
	return NULL;
}

u32 sim_stack_lines(const void *const *pc, u32 n_pc, struct sim_frame_line *out, u32 max)
{
	static char text[64 << 10];
	uintptr_t addr[SIM_MAX_STACK], bias = sim_load_bias();
	char *rest = text, *func, *file;
	const char *gap = NULL;
	u32 n = 0, line;

	n_pc = trv_min(n_pc, (u32)SIM_MAX_STACK);
	for (u32 i = 0; i < n_pc; i++)
		addr[i] = (uintptr_t)pc[i] - 1 - bias;
	if (!n_pc || !sim_addr2line(addr, n_pc, text, sizeof(text)))
		return 0;
	while (rest && *rest && n < max) {
		strsep(&rest, "\n"); /* the address */
		while (n < max && sim_addr2line_next(&rest, &func, &file, &line)) {
			struct sim_frame_line *f = &out[n];

			gap = gap_of(func) ?: gap;
			/* The compiler makes several of one: no driver calls itself. */
			if (n && !strncmp(func, out[n - 1].func, strcspn(func, ".")) &&
			    !out[n - 1].func[strcspn(func, ".")])
				continue;
			if (!line || func[0] == '?' || strstr(file, "os/test-sim/"))
				continue;
			snprintf(f->path, sizeof(f->path), "%s", sim_short_path(file));
			snprintf(f->file, sizeof(f->file), "%s", sim_basename(file));
			copy_name(f->func, sizeof(f->func), func);
			f->line = line;
			f->gap = n ? gap : NULL;
			gap = NULL;
			n++;
		}
	}
	return n;
}

const char *sim_site_text(const struct sim_site *site)
{
	static char ring[8][128];
	static u32 turn;
	char *buf = ring[turn++ % TRV_ARRAY_SIZE(ring)];

	if (!site)
		return "the device's side";
	snprintf(buf, sizeof(ring[0]), "%s:%u in %s", sim_basename(site->file), site->line,
		 site->func);
	return buf;
}
