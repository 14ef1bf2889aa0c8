// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Register tables as text: what a dump and a trace show. */
#include <trivet/os.h>
#include <trivet/reg.h>

/** struct text - a string that is as long as it has room; @need counts on */
struct text {
	char *buf;
	size_t len;
	size_t need;
};

static void add_char(struct text *t, char c)
{
	if (t->need + 1 < t->len)
		t->buf[t->need] = c;
	t->need++;
}

static void add(struct text *t, const char *s)
{
	while (*s)
		add_char(t, *s++);
}

/* At least @digits of them. */
static void add_hex(struct text *t, u64 val, u32 digits)
{
	u32 n = 1;

	while (n < 16 && val >> 4 * n)
		n++;
	if (n < digits)
		n = digits;
	add(t, "0x");
	while (n--)
		add_char(t, "0123456789abcdef"[val >> 4 * n & 0xf]);
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

const struct trv_regdesc *trv_reg_find(const struct trv_regtable *t, u32 off)
{
	for (u32 i = 0; i < t->n_regs; i++) {
		if (t->regs[i].off == off)
			return &t->regs[i];
	}
	return NULL;
}

/* The separator in front of the next item in parentheses. */
static void next_item(struct text *t, bool *open)
{
	add(t, *open ? " " : " (");
	*open = true;
}

const char *trv_reg_written(const struct trv_regtable *t, const struct trv_regdesc *reg)
{
	for (u32 i = 0; i < t->n_fields; i++) {
		if (!t->fields[i].width && same(t->fields[i].reg, reg->name))
			return t->fields[i].name;
	}
	return reg->name;
}

/* @name: the register's, or what it is called when written */
static void add_fields(struct text *t, const struct trv_regtable *table, const char *name,
		       u64 valid, u64 val)
{
	bool open = false;

	for (u32 i = 0; i < table->n_fields; i++) {
		const struct trv_fielddesc *f = &table->fields[i];
		u64 field;

		if (!f->width || !same(f->reg, name))
			continue;
		field = val >> f->lo & (~0ULL >> (64 - f->width));
		if (f->width == 1 && !field)
			continue;
		next_item(t, &open);
		add(t, f->name);
		if (f->width > 1) {
			add_char(t, '=');
			add_hex(t, field, 1);
		}
	}
	if (val & ~valid) {
		next_item(t, &open);
		add(t, "RESERVED=");
		add_hex(t, val & ~valid, 1);
	}
	if (open)
		add_char(t, ')');
}

static size_t decode(const struct trv_regtable *table, u32 off, u64 val, bool write, char *buf,
		     size_t len)
{
	const struct trv_regdesc *reg = trv_reg_find(table, off);
	struct text t = { buf, len, 0 };

	if (reg) {
		const char *name = write ? trv_reg_written(table, reg) : reg->name;

		add(&t, name);
		add(&t, " = ");
		add_hex(&t, val, reg->bits / 4U);
		add_fields(&t, table, name, reg->valid, val);
	} else {
		add_hex(&t, off, 2);
		add(&t, " = ");
		add_hex(&t, val, 1);
	}
	if (len)
		buf[t.need < len ? t.need : len - 1] = '\0';
	return t.need;
}

size_t trv_reg_decode(const struct trv_regtable *table, u32 off, u64 val, char *buf, size_t len)
{
	return decode(table, off, val, false, buf, len);
}

size_t trv_reg_decode_write(const struct trv_regtable *table, u32 off, u64 val, char *buf,
			    size_t len)
{
	return decode(table, off, val, true, buf, len);
}
