// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Device specifications, taken apart. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/spec.h>
#include <os/linux-user/user.h>

/* Cut the word at *@at off; what ended it, ',' '+' or 0. Doubled separators are one, literal. */
static char word(char **at, char **start)
{
	char *from = *at, *to = from, end;

	*start = from;
	for (; *from; from++) {
		if (*from == ',' || *from == '+') {
			if (from[1] != *from)
				break;
			from++;
		}
		*to++ = *from;
	}
	end = *from;
	*at = end ? from + 1 : from;
	*to = '\0';
	return end;
}

static int add_opt(struct user_item *item, char *text, struct trv_user_error *err)
{
	char *eq = strchr(text, '=');

	if (!eq || eq == text)
		return user_error(
			err, -EINVAL,
			"'%s' is not of the form key=value (a comma or plus in a value is "
			"doubled)",
			text);
	*eq = '\0';
	for (u32 i = 0; i < item->n_opts; i++) {
		if (!strcmp(item->opts[i].key, text))
			return user_error(err, -EINVAL, "%s: option '%s' is given twice",
					  item->model, text);
	}
	if (item->n_opts == USER_SPEC_OPTS)
		return user_error(err, -EINVAL, "%s: more than %u options", item->model,
				  USER_SPEC_OPTS);
	item->opts[item->n_opts++] = (struct user_opt){ .key = text, .val = eq + 1 };
	return 0;
}

int user_spec_parse(const char *text, struct user_spec *spec, struct trv_user_error *err)
{
	struct user_item *item = NULL;
	char *at, *start, end;
	int rc = 0;

	memset(spec, 0, sizeof(*spec));
	spec->text = at = strdup(text);
	if (!at)
		return -ENOMEM;
	do {
		end = word(&at, &start);
		if (item) {
			rc = add_opt(item, start, err);
		} else if (spec->n_items == USER_SPEC_ITEMS) {
			rc = user_error(err, -EINVAL, "more than %u devices", USER_SPEC_ITEMS);
		} else {
			item = &spec->items[spec->n_items++];
			item->model = start;
			if (!*start)
				rc = user_error(
					err, -EINVAL,
					"the name of a device is missing, like edu in qemu:edu");
		}
		if (end == '+')
			item = NULL;
		if (!rc && end && !*at)
			rc = user_error(err, -EINVAL, "something is missing after the last '%c'",
					end);
	} while (end && !rc);
	if (rc)
		user_spec_free(spec);
	return rc;
}

void user_spec_free(struct user_spec *spec)
{
	free(spec->text);
	spec->text = NULL;
	spec->n_items = 0;
}

const char *user_opt(struct user_item *item, const char *key)
{
	for (u32 i = 0; i < item->n_opts; i++) {
		if (!strcmp(item->opts[i].key, key)) {
			item->opts[i].used = true;
			return item->opts[i].val;
		}
	}
	return NULL;
}

int user_opt_number(struct user_item *item, const char *key, u64 min, u64 max, u64 *val,
		    struct trv_user_error *err)
{
	const char *text = user_opt(item, key);
	static const char units[] = "KMG";
	u64 n, unit = 1;
	const char *at;
	char *end;

	if (!text)
		return 0;
	errno = 0;
	n = strtoull(text, &end, 0);
	at = end != text && *end ? strchr(units, *end) : NULL;
	if (at) {
		unit = 1ULL << 10 * (at - units + 1);
		end++;
	}
	if (errno || end == text || *end || *text == '-' || n > ~0ULL / unit || n * unit < min ||
	    n * unit > max)
		return user_error(err, -EINVAL, "%s: %s=%s is not a number from %llu to %llu",
				  item->model, key, text, (unsigned long long)min,
				  (unsigned long long)max);
	*val = n * unit;
	return 0;
}

const char *user_opt_unused(const struct user_item *item)
{
	for (u32 i = 0; i < item->n_opts; i++) {
		if (!item->opts[i].used)
			return item->opts[i].key;
	}
	return NULL;
}
