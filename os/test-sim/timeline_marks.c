// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What lies across the lanes of a picture: the axis, arrows to handlers, deviations, the finding. */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/timeline_svg.h>

/* From the line that went up to the handler that came for it. */
static void draw_arrow(struct sheet *h, const struct sim_trace *irq, u32 handler)
{
	const struct sim_trace *rise = NULL;
	double x0, y0, x1, y1;

	for (size_t i = 0; i < h->p->n_events && h->p->events[i]->time <= irq->time; i++) {
		const struct sim_trace *t = h->p->events[i];

		if (t->kind == SIM_T_LINE && t->b && (!t->dev || !irq->dev || t->dev == irq->dev))
			rise = t;
	}
	if (!rise || !svg_inside(h, rise->time))
		return;
	for (u32 i = 0; i < h->p->n_lanes; i++) {
		const struct pic_lane *l = &h->p->lanes[i];

		if (l->kind != PIC_LINE || l->id != rise->a || !h->lane_y[i] || !h->lane_y[handler])
			continue;
		x0 = svg_time_x(h, rise->time);
		y0 = h->lane_y[i] - 10;
		x1 = svg_time_x(h, irq->time);
		y1 = h->lane_y[handler] + ROW + 3;
		fprintf(h->out,
			"<path class=\"arrow\" d=\"M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f\"/>",
			x0, y0, x0, (y0 + y1) / 2, x1, (y0 + y1) / 2, x1, y1 + 5);
		fprintf(h->out, "<path class=\"head\" d=\"M%.1f %.1fl-3.5 7h7z\"/>\n", x1, y1);
		return;
	}
}

void svg_draw_interrupts(struct sheet *h)
{
	for (size_t i = 0; i < h->p->n_spans; i++) {
		const struct pic_span *s = &h->p->spans[i];

		if (s->t->kind == SIM_T_IRQ && svg_inside(h, s->from))
			draw_arrow(h, s->t, s->lane);
	}
}

static bool flagged(const struct sim_trace *t)
{
	return t->kind == SIM_T_CHOICE || t->kind == SIM_T_FINDING;
}

/* Each flag gets a row of its own above the system. */
u32 svg_count_flags(const struct sheet *h)
{
	u32 n = 0;

	for (size_t i = 0; i < h->p->n_events; i++)
		n += flagged(h->p->events[i]) && svg_inside(h, h->p->events[i]->time);
	return n;
}

static const char *flag_class(const struct sim_trace *t)
{
	return t->kind == SIM_T_CHOICE ? "devi" : "flag";
}

/* Where to look, from afar. */
void svg_draw_bands(struct sheet *h, double top, double bottom)
{
	for (size_t i = 0; i < h->p->n_events; i++) {
		const struct sim_trace *t = h->p->events[i];

		if (flagged(t) && svg_inside(h, t->time))
			fprintf(h->out,
				"<rect class=\"band%s\" x=\"%.1f\" y=\"%.1f\" width=\"14\" height=\"%.1f\"/>",
				t->kind == SIM_T_CHOICE ? "d" : "", svg_time_x(h, t->time) - 7, top,
				bottom - top);
	}
}

void svg_draw_flags(struct sheet *h, double top, double bottom)
{
	double y = top;
	char text[200];

	for (size_t i = 0; i < h->p->n_events; i++) {
		const struct sim_trace *t = h->p->events[i];
		const char *class = flag_class(t);
		double x;

		if (!flagged(t) || !svg_inside(h, t->time))
			continue;
		x = svg_time_x(h, t->time);
		if (t->kind == SIM_T_CHOICE)
			snprintf(text, sizeof(text), "deviation %s: %llu, not 0", t->name,
				 (unsigned long long)t->b);
		else
			snprintf(text, sizeof(text), "%.150s", t->name);
		fputs("<g>", h->out);
		svg_tooltip(h->out, t, 1);
		fprintf(h->out,
			"<path class=\"%s\" stroke-dasharray=\"%s\" fill=\"none\" d=\"M%.1f %.1fV%.1f\"/>"
			"<path class=\"%s\" d=\"M%.1f %.1fl11 4.5l-11 4.5z\"/>",
			class, t->kind == SIM_T_CHOICE ? "4 3" : "none", x, y, bottom, class, x, y);
		if (x > PIC_MARGIN + PIC_WIDTH * 0.55)
			svg_text(h->out, class, x - 5, y + 8.5, " text-anchor=\"end\"", text);
		else
			svg_text(h->out, class, x + 14, y + 8.5, "", text);
		fputs("</g>\n", h->out);
		y += 15;
	}
}

void svg_draw_axis(struct sheet *h, double y, double bottom)
{
	double last = -1e9;
	char text[48];

	fprintf(h->out, "<path class=\"rule\" d=\"M%.1f %.1fH%.1f\"/>\n", PIC_MARGIN - 6, y,
		svg_x(h, h->s->x1) + 6);
	for (size_t i = 0; i < h->p->n_anchors; i++) {
		const struct pic_anchor *a = &h->p->anchors[i];
		double x = svg_x(h, a->x);

		if (!svg_inside(h, a->time))
			continue;
		if (a->cut && a->time != h->s->from) {
			double mid = (x + svg_x(h, a[-1].x)) / 2;

			fprintf(h->out,
				"<g><title>%.3f us pass here</title><path stroke=\"#fff\" stroke-width=\"5\" "
				"d=\"M%.1f %.1fh6\"/><path class=\"rule\" d=\"M%.1f %.1fl4 -9m2 9l4 -9\"/></g>",
				svg_us(a->time - a[-1].time), mid - 3, y, mid - 5, y + 4.5);
		}
		if (x < last + 74)
			continue;
		last = x;
		fprintf(h->out, "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/>", x, y + 1, bottom);
		fprintf(h->out, "<path class=\"rule\" d=\"M%.1f %.1fv4\"/>", x, y);
		snprintf(text, sizeof(text), "%.2f", svg_us(a->time));
		svg_text(h->out, "axis", x, y - 5, " text-anchor=\"middle\"", text);
		fputc('\n', h->out);
	}
	svg_text(h->out, "axis", PIC_MARGIN - 36, y + 1, " text-anchor=\"end\"", "time, us");
	fputc('\n', h->out);
}
