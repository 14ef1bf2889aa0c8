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
#include <os/test-sim/symbol.h>

#define MAX_SITES 256

extern char **environ;

static struct {
	const void *pc;
	struct sim_site site;
	char file[64];
	char func[64];
} sites[MAX_SITES];
static u32 n_sites;

static int first_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	*(uintptr_t *)arg = info->dlpi_addr;
	return 1;
}

/* Output of addr2line for one address into @buf; false when it cannot be had. */
static bool run_addr2line(uintptr_t addr, char *buf, size_t len)
{
	char exe[1024], where[32];
	char *argv[] = { "addr2line", "-i", "-f", "-e", exe, where, NULL };
	posix_spawn_file_actions_t fa;
	int fds[2], status = -1;
	size_t got = 0;
	ssize_t n;
	pid_t pid;

	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n < 0 || pipe2(fds, O_CLOEXEC))
		return false;
	exe[n] = '\0';
	snprintf(where, sizeof(where), "0x%lx", (unsigned long)addr);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, fds[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&fa, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (!posix_spawnp(&pid, argv[0], &fa, NULL, argv, environ)) {
		close(fds[1]);
		while (got < len - 1 && (n = read(fds[0], buf + got, len - 1 - got)) > 0)
			got += (size_t)n;
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

/*
 * Pairs of lines, function and file:line, from the innermost inlined function
 * outwards. A helper of a header says little: take the first in a source file.
 */
static bool parse_frames(char *text, u32 i)
{
	char *save, *func;

	for (func = strtok_r(text, "\n", &save); func; func = strtok_r(NULL, "\n", &save)) {
		char *file = strtok_r(NULL, "\n", &save);
		char *colon = file ? strrchr(file, ':') : NULL;
		u32 line = colon ? (u32)strtoul(colon + 1, NULL, 10) : 0;
		size_t n;

		if (!line || func[0] == '?')
			continue;
		*colon = '\0';
		snprintf(sites[i].file, sizeof(sites[i].file), "%s", sim_basename(file));
		snprintf(sites[i].func, sizeof(sites[i].func), "%s", func);
		sites[i].site.line = line;
		n = strlen(sites[i].file);
		if (n < 2 || strcmp(sites[i].file + n - 2, ".h"))
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
	uintptr_t bias = 0;
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

	dl_iterate_phdr(first_object, &bias);
	if (!run_addr2line(addr - bias, text, sizeof(text)) || !parse_frames(text, i))
		name_function((const void *)addr, addr - bias, i);
	/* "ide_start.isra.0": the clone is not part of the name. */
	sites[i].func[strcspn(sites[i].func, ".")] = '\0';
	return &sites[i].site;
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
