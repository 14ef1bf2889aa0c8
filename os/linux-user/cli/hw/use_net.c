// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who uses a network interface: addresses, routes, interfaces made of it. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <os/linux-user/cli/hw/hw.h>

/* Where an interface that is merely up has addresses and routes as well. */
enum { SCOPE_LINK = 0x20, ROUTE_UP = 0x1, ROUTE_REJECT = 0x200 };
enum { ROUTE6_LOCAL = 0x80000000u };

/* IPv4 addresses are in no file that names the interface. */
static void addresses4(const char *name, struct hw_uses *uses)
{
	const size_t len = strlen(name);
	char text[INET_ADDRSTRLEN];
	struct ifaddrs *all;

	if (hw_rooted())
		return;
	if (getifaddrs(&all)) {
		hw_list_add(&uses->unknown, "addresses of %s: %s", name, strerror(errno));
		return;
	}
	for (struct ifaddrs *a = all; a; a = a->ifa_next) {
		/* An address may have a label: "eth0:1". */
		if (strncmp(a->ifa_name, name, len) ||
		    (a->ifa_name[len] && a->ifa_name[len] != ':') || !a->ifa_addr ||
		    a->ifa_addr->sa_family != AF_INET)
			continue;
		inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)a->ifa_addr)->sin_addr, text,
			  sizeof(text));
		hw_list_add(&uses->certain, "%s has the address %s", name, text);
	}
	freeifaddrs(all);
}

/* 32 hexadecimal digits, as /proc has them. */
static bool address6(const char *digits, struct in6_addr *addr)
{
	unsigned int byte;

	for (u32 i = 0; i < sizeof(addr->s6_addr); i++) {
		if (sscanf(digits + 2 * i, "%2x", &byte) != 1)
			return false;
		addr->s6_addr[i] = (u8)byte;
	}
	return true;
}

static void addresses6(const char *name, struct hw_uses *uses)
{
	struct hw_path path = hw_path("proc/net/if_inet6");
	char line[256], digits[33], who[64], text[INET6_ADDRSTRLEN];
	struct in6_addr addr;
	unsigned int scope;
	FILE *f = fopen(path.s, "re");

	if (!f && errno != ENOENT) /* without IPv6 there is none */
		hw_list_add(&uses->unknown, "addresses of %s: %s: %s", name, path.s,
			    strerror(errno));
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%32s %*x %*x %x %*x %63s", digits, &scope, who) != 3 ||
		    strcmp(who, name) || scope == SCOPE_LINK || !address6(digits, &addr))
			continue;
		inet_ntop(AF_INET6, &addr, text, sizeof(text));
		hw_list_add(&uses->certain, "%s has the address %s", name, text);
	}
	if (f)
		fclose(f);
}

static void routes4(const char *name, struct hw_uses *uses)
{
	struct hw_path path = hw_path("proc/net/route");
	char line[256], who[64], text[INET_ADDRSTRLEN];
	unsigned int dest, flags, mask;
	FILE *f = fopen(path.s, "re");

	if (!f) {
		hw_list_add(&uses->unknown, "routes of %s: %s: %s", name, path.s, strerror(errno));
		return;
	}
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s %x %*x %x %*d %*d %*d %x", who, &dest, &flags, &mask) != 4 ||
		    strcmp(who, name) || !(flags & ROUTE_UP) || flags & ROUTE_REJECT)
			continue;
		inet_ntop(AF_INET, &dest, text, sizeof(text)); /* in network order already */
		if (mask)
			hw_list_add(&uses->certain, "%s has a route to %s/%d", name, text,
				    __builtin_popcount(mask));
		else
			hw_list_add(&uses->certain, "%s has the default route", name);
	}
	fclose(f);
}

static void routes6(const char *name, struct hw_uses *uses)
{
	struct hw_path path = hw_path("proc/net/ipv6_route");
	char line[512], digits[33], who[64], text[INET6_ADDRSTRLEN];
	unsigned int bits, flags;
	struct in6_addr addr;
	FILE *f = fopen(path.s, "re");

	if (!f && errno != ENOENT)
		hw_list_add(&uses->unknown, "routes of %s: %s: %s", name, path.s, strerror(errno));
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%32s %x %*s %*x %*s %*x %*x %*x %x %63s", digits, &bits, &flags,
			   who) != 4 ||
		    strcmp(who, name) || !(flags & ROUTE_UP) || flags & ROUTE_REJECT ||
		    flags & ROUTE6_LOCAL || !address6(digits, &addr) ||
		    IN6_IS_ADDR_LINKLOCAL(&addr) || IN6_IS_ADDR_MULTICAST(&addr))
			continue;
		inet_ntop(AF_INET6, &addr, text, sizeof(text));
		if (bits)
			hw_list_add(&uses->certain, "%s has a route to %s/%u", name, text, bits);
		else
			hw_list_add(&uses->certain, "%s has the default IPv6 route", name);
	}
	if (f)
		fclose(f);
}

/* A bridge or bond above it; VLANs and the like made of it. */
static void relatives(const char *name, struct hw_uses *uses)
{
	struct hw_path path = hw_path("sys/class/net/%s/master", name);
	struct hw_list names = { 0 };
	char master[64];
	int rc;

	hw_link(&path, master, sizeof(master));
	if (master[0])
		hw_list_add(&uses->certain, "%s belongs to %s", name, master);
	path = hw_path("sys/class/net/%s", name);
	rc = hw_names(&path, &names);
	if (rc)
		hw_list_add(&uses->unknown, "what is made of %s: %s", name, strerror(-rc));
	for (u32 i = 0; i < names.n; i++) {
		/* A bridge is one of these too. */
		if (!strncmp(names.at[i], "upper_", 6) && strcmp(names.at[i] + 6, master))
			hw_list_add(&uses->certain, "%s carries %s", name, names.at[i] + 6);
	}
	hw_list_free(&names);
}

void hw_use_net(const char *name, struct hw_uses *uses)
{
	addresses4(name, uses);
	addresses6(name, uses);
	routes4(name, uses);
	routes6(name, uses);
	relatives(name, uses);
}
