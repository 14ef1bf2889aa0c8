// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The picture of a run as SVG: no script, no outside font, one file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/test-sim/dev.h>
#include <os/test-sim/timeline_svg.h>

#define LABEL_MAX 22   /* characters of a slanted label */
#define CHAR_W 6.05    /* of the label's font */
#define SLANT_SIN 0.82 /* of 55 degrees */
#define PAD 10.0

static const char style[] =
	"text{font:11px 'DejaVu Sans',Verdana,Helvetica,Arial,sans-serif;fill:#1f2937}"
	".title{font-size:19px;font-weight:600}"
	".sub,.axis,.cut{fill:#6b7280}"
	".lane{font-size:11.5px;fill:#111827}"
	".mono{font:10px 'DejaVu Sans Mono',Menlo,Consolas,monospace}"
	".in{font-size:10px}"
	".rd{fill:#1d4ed8;stroke:#1d4ed8}.wr{fill:#b45309;stroke:#b45309}"
	".dev{fill:#0f766e;stroke:#0f766e}.say{fill:#4b5563;stroke:#4b5563}"
	"text.rd,text.wr,text.dev,text.say{stroke:none}"
	".lock{fill:#ede9fe;stroke:#a78bfa}"
	".devi{fill:#7c3aed;stroke:#7c3aed}text.devi{stroke:none;font-weight:600}"
	".band{fill:#fee2e2}.bandd{fill:#f3e8ff}"
	".flag{fill:#dc2626;stroke:#dc2626}text.flag{stroke:none;font-weight:600}"
	".grid{stroke:#e5e7eb}.rule{stroke:#9ca3af}.base{stroke:#d1d5db}"
	".task{fill:#dbeafe;stroke:#93c5fd}.irqspan{fill:#fde68a;stroke:#f59e0b}"
	".req{fill:#e0e7ff;stroke:#818cf8}.bad{fill:#fecaca;stroke:#ef4444}"
	".todev{fill:#ffedd5;stroke:#fb923c}.fromdev{fill:#ccfbf1;stroke:#2dd4bf}"
	".wave{fill:none;stroke:#be185d;stroke-width:1.5}"
	".arrow{fill:none;stroke:#be185d;stroke-width:1.2}.head{fill:#be185d}"
	".run{fill:#64748b;stroke:#64748b;stroke-width:3.5}";

void svg_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc((unsigned char)*text < 0x20 ? ' ' : *text, out);
		}
	}
}

double svg_us(u64 ns)
{
	return (double)ns / 1000;
}

double svg_x(const struct sheet *h, double x)
{
	return PIC_MARGIN + x - h->s->x0;
}

double svg_time_x(const struct sheet *h, u64 time)
{
	return svg_x(h, pic_x(h->p, time));
}

bool svg_inside(const struct sheet *h, u64 time)
{
	return time >= h->s->from && time <= h->s->to;
}

static bool overlaps(const struct sheet *h, const struct pic_span *s)
{
	return s->from <= h->s->to && s->to >= h->s->from;
}

void svg_text(FILE *out, const char *class, double x, double y, const char *more, const char *text)
{
	fprintf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\"%s>", class, x, y, more);
	svg_escaped(out, text);
	fputs("</text>", out);
}

/* What a browser shows under the pointer: all there is to know of an event. */
void svg_tooltip(FILE *out, const struct sim_trace *t, u32 times)
{
	char text[400];

	sim_trace_text(t, text, sizeof(text));
	fputs("<title>", out);
	svg_escaped(out, text);
	fprintf(out, "\n%.3f us", svg_us(t->time));
	if (times > 1)
		fprintf(out, ", %u times", times);
	if (t->dev)
		fprintf(out, "\n%s", t->dev->name);
	if (t->site)
		fprintf(out, "\n%s:%u in %s()", t->site->file, t->site->line, t->site->func);
	fputs("</title>", out);
}

static const char *item_class(const struct sim_trace *t)
{
	switch (t->kind) {
	case SIM_T_READ:
	case SIM_T_READ_REP:
	case SIM_T_CFG_READ:
		return "rd";
	case SIM_T_WRITE:
	case SIM_T_WRITE_REP:
	case SIM_T_CFG_WRITE:
		return "wr";
	case SIM_T_USER:
	case SIM_T_LOG:
		return "say";
	default:
		return "dev";
	}
}

static void item_label(const struct pic_item *it, char *buf, size_t len)
{
	char full[200], times[16] = "";
	int room;

	sim_trace_label(it->t, full, sizeof(full));
	if (it->times > 1)
		snprintf(times, sizeof(times), " \xc3\x97%u", it->times);
	room = LABEL_MAX - (int)strlen(times);
	if ((int)strlen(full) > room)
		snprintf(buf, len, "%.*s\xe2\x80\xa6%s", room - 1, full, times);
	else
		snprintf(buf, len, "%s%s", full, times);
}

/* ---- lanes --------------------------------------------------------------- */

struct extent {
	bool used;
	u32 rows;
	double labels; /* height of the longest */
};

static struct extent lane_extent(const struct sheet *h, u32 at)
{
	struct extent e = { 0 };
	char label[64];

	for (size_t i = 0; i < h->p->n_items; i++) {
		const struct pic_item *it = &h->p->items[i];

		if (it->lane != at || !svg_inside(h, it->t->time))
			continue;
		item_label(it, label, sizeof(label));
		e.used = true;
		e.labels = trv_max(e.labels, (double)strlen(label) * CHAR_W * SLANT_SIN + 12);
	}
	for (size_t i = 0; i < h->p->n_spans; i++) {
		const struct pic_span *s = &h->p->spans[i];

		if (s->lane != at || !overlaps(h, s))
			continue;
		e.used = true;
		e.rows = trv_max(e.rows, s->row + 1);
	}
	/* A line is worth showing once it has ever moved. */
	e.used |= h->p->lanes[at].kind == PIC_LINE;
	return e;
}

static void draw_item(struct sheet *h, const struct pic_item *it, double y)
{
	double x = svg_x(h, it->x);
	const char *class = item_class(it->t);
	char label[64], turn[80];

	item_label(it, label, sizeof(label));
	fputs("<g>", h->out);
	svg_tooltip(h->out, it->t, it->times);
	fprintf(h->out, "<path class=\"%s\" d=\"M%.1f %.1fv-6\"/>", class, x, y);
	fprintf(h->out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"1.8\"/>", class, x, y);
	if (it->times > 1) {
		double end = trv_min(svg_time_x(h, it->end), svg_x(h, h->s->x1));

		if (end > x)
			fprintf(h->out,
				"<path class=\"%s\" stroke-dasharray=\"1.5 2.5\" d=\"M%.1f %.1fH%.1f\"/>",
				class, x, y, end);
	}
	snprintf(turn, sizeof(turn), " transform=\"rotate(-55 %.1f %.1f)\"", x + 3, y - 8);
	fprintf(h->out, "<text class=\"mono %s\" x=\"%.1f\" y=\"%.1f\"%s>", class, x + 3, y - 8,
		turn);
	svg_escaped(h->out, label);
	fputs("</text></g>\n", h->out);
}

static const char *span_class(const struct pic_span *s)
{
	switch (s->t->kind) {
	case SIM_T_REQ:
		return s->end && s->end->b ? "bad" : "req";
	case SIM_T_MAP:
		return s->t->c == TRV_DMA_TO_DEVICE ? "todev" : "fromdev";
	case SIM_T_LOCK:
		return s->end ? "lock" : "bad";
	case SIM_T_IRQ:
		return "irqspan";
	default:
		return "task";
	}
}

/* As much of it as there is room for. */
static void span_label(const struct pic_span *s, char *buf, size_t len, size_t fits)
{
	unsigned long long a = s->t->a, b = s->t->b;

	switch (s->t->kind) {
	case SIM_T_MAP:
		snprintf(buf, len, "%llu bytes at 0x%llx", b, a);
		if (strlen(buf) > fits)
			snprintf(buf, len, "%llu bytes", b);
		if (strlen(buf) > fits)
			snprintf(buf, len, "%llu", b);
		break;
	case SIM_T_LOCK:
		snprintf(buf, len, "%s", sim_trace_context(s->t->ctx));
		break;
	case SIM_T_IRQ:
		snprintf(buf, len, "%s", s->t->name ? s->t->name : "interrupt");
		break;
	default:
		sim_trace_label(s->t, buf, len);
		break;
	}
}

static void draw_span(struct sheet *h, const struct pic_span *s, double y)
{
	double from = s->from < h->s->from ? PIC_MARGIN - 6 : svg_time_x(h, s->from);
	double to = s->to > h->s->to ? svg_x(h, h->s->x1) + 6 : svg_time_x(h, s->to);
	double width = trv_max(to - from, 3.0);
	char label[128];
	size_t fits = (size_t)trv_max((width - 8) / 5.9, 0.0);

	fputs("<g>", h->out);
	svg_tooltip(h->out, s->t, 1);
	fprintf(h->out,
		"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\"/>",
		span_class(s), from, y, width, ROW - 2);
	span_label(s, label, sizeof(label), fits);
	if (strlen(label) <= fits)
		svg_text(h->out, "in", from + 4, y + ROW - 5, "", label);
	fputs("</g>\n", h->out);
}

static void draw_run(struct sheet *h, const struct pic_span *s, double y)
{
	double from = s->from < h->s->from ? PIC_MARGIN - 6 : svg_time_x(h, s->from);
	double to = s->to > h->s->to ? svg_x(h, h->s->x1) + 6 : svg_time_x(h, s->to);

	fprintf(h->out, "<path class=\"run\" d=\"M%.1f %.1fH%.1f\"/>\n", from, y,
		trv_max(to, from + 1));
}

static bool on_line(const struct pic_lane *l, const struct sim_trace *t)
{
	return t->kind == SIM_T_LINE && t->a == l->id && !strcmp(t->name ? t->name : "", l->key);
}

/* A message-signalled interrupt has no level: it is there, and gone. */
static bool only_edges(const struct picture *p, const struct pic_lane *l)
{
	for (size_t i = 0; i < p->n_events; i++) {
		if (on_line(l, p->events[i]) && !p->events[i]->b)
			return false;
	}
	return true;
}

/* The level of a line as a wave, or its messages as needles. */
static void draw_wave(struct sheet *h, const struct pic_lane *l, double y)
{
	const double high = y - 10;
	const bool edges = only_edges(h->p, l);
	double level = y;

	for (size_t i = 0; i < h->p->n_events && !edges; i++) {
		const struct sim_trace *t = h->p->events[i];

		if (t->time < h->s->from && on_line(l, t))
			level = t->b ? high : y;
	}
	fprintf(h->out, "<path class=\"wave\" d=\"M%.1f %.1f", PIC_MARGIN - 6, level);
	for (size_t i = 0; i < h->p->n_events; i++) {
		const struct sim_trace *t = h->p->events[i];

		if (!on_line(l, t) || !svg_inside(h, t->time))
			continue;
		level = !edges && t->b ? high : y;
		fprintf(h->out, "H%.1fV%.1fV%.1f", svg_time_x(h, t->time), t->b ? high : y, level);
	}
	fprintf(h->out, "H%.1f\"/>\n", svg_x(h, h->s->x1) + 6);
}

static void draw_lane(struct sheet *h, u32 at)
{
	const struct pic_lane *l = &h->p->lanes[at];
	struct extent e = lane_extent(h, at);
	double spans = e.rows * ROW, base;

	if (!e.used)
		return;
	/* Labels lean on the base line; spans hang below it. */
	base = h->y + e.labels + (l->kind == PIC_LINE ? 16 : 4);
	h->lane_y[at] = base;
	svg_text(h->out, "lane", PIC_MARGIN - 16, base + (e.rows ? 11 : 2), " text-anchor=\"end\"",
		 l->name);
	if (l->kind == PIC_LINE) {
		draw_wave(h, l, base);
	} else if (e.labels > 0 || l->kind == PIC_CONTEXT) {
		fprintf(h->out, "<path class=\"base\" d=\"M%.1f %.1fH%.1f\"/>\n", PIC_MARGIN - 6,
			base, svg_x(h, h->s->x1) + 6);
	}
	for (size_t i = 0; i < h->p->n_runs; i++) {
		if (h->p->runs[i].lane == at && overlaps(h, &h->p->runs[i]))
			draw_run(h, &h->p->runs[i], base);
	}
	for (size_t i = 0; i < h->p->n_spans; i++) {
		const struct pic_span *s = &h->p->spans[i];

		if (s->lane == at && overlaps(h, s))
			draw_span(h, s, base + 3 + s->row * ROW);
	}
	for (size_t i = 0; i < h->p->n_items; i++) {
		if (h->p->items[i].lane == at && svg_inside(h, h->p->items[i].t->time))
			draw_item(h, &h->p->items[i], base);
	}
	h->y = base + (e.rows ? spans + 3 : 4) + PAD;
}

static void draw_lanes(struct sheet *h, enum pic_lane_kind kind)
{
	for (u32 at = 0; at < h->p->n_lanes; at++) {
		if (h->p->lanes[at].kind == kind)
			draw_lane(h, at);
	}
}

/* The lanes are drawn into memory first: the axis and its grid lie below them. */
static double draw_system(FILE *out, const struct picture *p, const struct pic_system *s,
			  double top)
{
	struct sheet h = { .p = p, .s = s };
	double axis;
	char *lanes = NULL;
	size_t len;

	h.lane_y = calloc(p->n_lanes + 1, sizeof(*h.lane_y));
	h.out = open_memstream(&lanes, &len);
	if (!h.out || !h.lane_y) {
		fputs("trivet-sim: no memory for the picture\n", stderr);
		exit(4);
	}
	axis = top + svg_count_flags(&h) * 15 + 18;
	h.y = axis + PAD;
	draw_lanes(&h, PIC_REQUESTS);
	draw_lanes(&h, PIC_CONTEXT);
	draw_lanes(&h, PIC_LINE);
	draw_lanes(&h, PIC_DEVICE);
	draw_lanes(&h, PIC_MAPPINGS);
	draw_lanes(&h, PIC_LOCK);
	svg_draw_interrupts(&h);
	svg_draw_flags(&h, top, h.y);
	fclose(h.out);
	h.out = out;
	fputs("<g>\n", out);
	svg_draw_bands(&h, top, h.y);
	svg_draw_axis(&h, axis, h.y);
	fwrite(lanes, 1, len, out);
	fputs("</g>\n", out);
	free(lanes);
	free(h.lane_y);
	return h.y;
}

/* Returns where its last row ends. */
static double draw_legend(FILE *out, double left, double y, double width)
{
	double x = left;
	static const struct {
		const char *class, *text;
	} entries[] = {
		{ "rd", "register read" },
		{ "wr", "register write" },
		{ "dev", "the device acts; reads, writes: bytes by DMA" },
		{ "irqspan", "interrupt handler" },
		{ "task", "call into the driver" },
		{ "run", "has the processor" },
		{ "req", "request: first block + blocks" },
		{ "todev", "device's to read" },
		{ "fromdev", "device's to write" },
		{ "lock", "lock held" },
		{ "bad", "failed; never released" },
		{ "devi", "deviation" },
		{ "flag", "finding" },
	};

	for (size_t i = 0; i < TRV_ARRAY_SIZE(entries); i++) {
		double needs = 34 + (double)strlen(entries[i].text) * 5.9;

		if (x + needs > width) {
			x = left;
			y += 17;
		}
		fprintf(out,
			"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"11\" height=\"9\" rx=\"1.5\"/>",
			entries[i].class, x, y - 8.5);
		svg_text(out, "sub", x + 16, y, "", entries[i].text);
		x += needs;
	}
	fputc('\n', out);
	return y;
}

static double draw_all(FILE *out, const struct picture *p, double y)
{
	char text[200];

	if (!p->n_events)
		svg_text(out, "sub", 24, y + 10, "", "Nothing happened.");
	for (u32 i = 0; i < p->n_systems; i++) {
		if (p->hidden && i && p->systems[i - 1].to <= p->hidden_from &&
		    p->systems[i].from >= p->hidden_to) {
			snprintf(text, sizeof(text),
				 "%llu events from %.2f to %.2f us are not shown",
				 (unsigned long long)p->hidden, svg_us(p->hidden_from),
				 svg_us(p->hidden_to));
			svg_text(out, "sub", PIC_MARGIN, y + 6, " font-style=\"italic\"", text);
			y += 30;
		}
		y = draw_system(out, p, &p->systems[i], y) + 26;
	}
	return y;
}

static double page_width(const struct picture *p)
{
	double widest = 900;

	for (u32 i = 0; i < p->n_systems; i++)
		widest = trv_max(widest, p->systems[i].x1 - p->systems[i].x0);
	return PIC_MARGIN + widest + 100;
}

static void draw(FILE *out, const struct picture *p, const char *title)
{
	double width = trv_max(page_width(p), 1250.0), height;
	char *body = NULL, text[200];
	size_t len;
	FILE *mem = open_memstream(&body, &len);
	double y;

	if (!mem) {
		fputs("trivet-sim: no memory for the picture\n", stderr);
		exit(4);
	}
	y = draw_legend(mem, 24, 78, width);
	height = draw_all(mem, p, y + 18);
	fclose(mem);
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		"viewBox=\"0 0 %.0f %.0f\">\n<title>",
		width, height, width, height);
	svg_escaped(out, title);
	fprintf(out, "</title>\n<style>%s</style>\n", style);
	fputs("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n", out);
	svg_text(out, "title", 24, 36, "", title);
	snprintf(text, sizeof(text),
		 "%.2f us of virtual time, %llu events; // on the axis: time was cut there",
		 svg_us(p->last), (unsigned long long)(p->n_events + p->hidden));
	svg_text(out, "sub", 24, 56, "", text);
	fwrite(body, 1, len, out);
	fputs("</svg>\n", out);
	free(body);
}

int sim_timeline_svg(const char *path, const char *title)
{
	struct picture p;
	FILE *out = fopen(path, "w");
	int rc = 0;

	if (!out)
		return -errno;
	pic_layout(&p);
	draw(out, &p, title);
	pic_free(&p);
	/* A full disk shows at the flush, if not before: then its errno is gone. */
	errno = 0;
	if (fflush(out) || ferror(out))
		rc = errno ? -errno : -EIO;
	if (fclose(out) && !rc)
		rc = -errno;
	return rc;
}
