/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Device specifications, taken apart: MODEL[,key=value...][+MODEL[,key=value...]...]. */
#ifndef TRIVET_USER_SPEC_H
#define TRIVET_USER_SPEC_H

#include <trivet/user.h>

enum { USER_SPEC_OPTS = 32, USER_SPEC_ITEMS = 8 /* a host has as many devices */ };

/** struct user_opt - one key=value; @used by whoever understood it */
struct user_opt {
	char *key;
	char *val;
	bool used;
};

/** struct user_item - one device */
struct user_item {
	char *model;
	struct user_opt opts[USER_SPEC_OPTS];
	u32 n_opts;
};

struct user_spec {
	struct user_item items[USER_SPEC_ITEMS];
	u32 n_items;
	char *text; /* the strings' memory */
};

/** user_spec_parse() - -EINVAL with a sentence in @err, -ENOMEM. Doubled , and + are literal. */
int user_spec_parse(const char *text, struct user_spec *spec, struct trv_user_error *err);
void user_spec_free(struct user_spec *spec);

/** user_opt() - the value of @key, NULL when it is not there; marks it used */
const char *user_opt(struct user_item *item, const char *key);
/** user_opt_number() - "64", "0x40", "64K", "64M"; -EINVAL with a sentence, also outside the range */
int user_opt_number(struct user_item *item, const char *key, u64 min, u64 max, u64 *val,
		    struct trv_user_error *err);
/** user_opt_unused() - the first key nobody understood, NULL when there is none */
const char *user_opt_unused(const struct user_item *item);

#endif /* TRIVET_USER_SPEC_H */
