#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/document.h"
#include "run/format.h"

void ecs_text_params(const struct ecs_scenario *s, const struct ecs_values *values)
{
    char text[64];
    printf("%s", s->name);
    for (size_t i = 0; i < s->n_params; i++)
        printf("%s%s=%s", i ? " " : "  ", s->params[i].name,
               ecs_value_text(&s->params[i], values->v[i], text, sizeof text));
    putchar('\n');
}

/* One figure, ready for its columns. Bytes read better in powers of 1024. */
struct row { char number[32], unit[ECS_FORMAT_MAX], range[80], source[16]; };

static void fill_row(const struct ecs_metric *m, const struct ecs_figure *x, struct row *r)
{
    char low[32], high[32];
    memset(r, 0, sizeof *r);
    for (size_t i = 0; ecs_source_name(m->source)[i] && i + 1 < sizeof r->source; i++)
        r->source[i] = (char)toupper((unsigned char)ecs_source_name(m->source)[i]);
    if (strcmp(m->unit, "B") == 0 && isfinite(x->median) && x->median >= 0) {
        char text[ECS_FORMAT_MAX];
        char *blank = strchr(ecs_format_bytes((uint64_t)x->median, text, sizeof text), ' ');
        *blank = '\0';
        snprintf(r->number, sizeof r->number, "%.31s", text);
        snprintf(r->unit, sizeof r->unit, "%.15s", blank + 1);
        return;
    }
    ecs_format_si_parts(x->median, m->unit, r->number, sizeof r->number, r->unit, sizeof r->unit);
    if (m->is_count || x->low == x->high)
        return;
    snprintf(r->range, sizeof r->range, "%s to %s",
             ecs_format_si_like(x->low, x->median, m->unit, low, sizeof low),
             ecs_format_si_like(x->high, x->median, m->unit, high, sizeof high));
}

static int longer(int width, const char *text)
{
    int n = (int)strlen(text);
    return n > width ? n : width;
}

static void print_rows(const struct ecs_figures *f)
{
    const struct ecs_scenario *s = f->scenario;
    struct ecs_figure x[ECS_MAX_METRICS];
    struct row r[ECS_MAX_METRICS];
    int label = 0, number = 0, unit = 0, source = 0;
    for (size_t i = 0; i < s->n_metrics; i++) {
        ecs_figures_get(f, i, &x[i]);
        fill_row(&s->metrics[i], &x[i], &r[i]);
        label = longer(label, s->metrics[i].label);
        source = longer(source, r[i].source);
        number = longer(number, x[i].why[0] ? "" : r[i].number);
        unit = longer(unit, x[i].why[0] ? "" : r[i].unit);
    }
    for (size_t i = 0; i < s->n_metrics; i++) {
        /* What was not measured is not called measured. */
        printf("  %-*s  %-*s  ", label, s->metrics[i].label, source,
               x[i].why[0] ? "" : r[i].source);
        if (x[i].why[0])
            printf("not available: %s\n", x[i].noise ? "every window was noisy" : x[i].why);
        else if (r[i].range[0])
            printf("%*s %-*s  %s\n", number, r[i].number, unit, r[i].unit, r[i].range);
        else
            printf("%*s%s%s\n", number, r[i].number, r[i].unit[0] ? " " : "", r[i].unit);
    }
}

void ecs_text_figures(const struct ecs_figures *f)
{
    char why[200], window[ECS_FORMAT_MAX];
    print_rows(f);
    printf("  %zu window%s", f->windows, f->windows == 1 ? "" : "s");
    if (f->windows)
        printf(" of %s", ecs_format_duration((f->window_ns + 500000) / 1000000 * 1000000, window,
                                             sizeof window));
    if (f->dirty)
        printf(", %zu of them noisy and left out", f->dirty);
    putchar('\n');
    if (ecs_figures_noisy(f, why, sizeof why))
        printf("  NOISY: %s.\n"
               "  Fewer than half of the windows count: do not rely on these figures.\n", why);
}

/* ---- CSV ----------------------------------------------------------------------------------- */

void ecs_csv_field(const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    putchar('"');
}

void ecs_csv_head(const struct ecs_scenario *s)
{
    fputs("time_s", stdout);
    for (size_t i = 0; i < s->n_metrics; i++) {
        putchar(',');
        ecs_csv_field(s->metrics[i].name);
    }
    fputs(",dirty,settling", stdout);
    for (size_t i = 0; i < s->n_params; i++) {
        putchar(',');
        ecs_csv_field(s->params[i].name);
    }
    putchar('\n');
}

void ecs_csv_window(const struct ecs_scenario *s, const struct ecs_snapshot *snap)
{
    printf("%.3f", (double)snap->time_ns / 1e9);
    for (size_t i = 0; i < s->n_metrics; i++) {
        if (!isfinite(snap->metric[i]))
            putchar(',');
        else
            printf(",%.9g", snap->metric[i]);
    }
    printf(",%d,%d", (snap->flags & ECS_SNAP_DIRTY) != 0, (snap->flags & ECS_SNAP_SETTLING) != 0);
    for (size_t i = 0; i < s->n_params; i++) {
        putchar(',');
        if (s->params[i].kind == ECS_PARAM_CHOICE)
            ecs_csv_field(s->params[i].choices[snap->values.v[i]]);
        else
            printf("%" PRId64, snap->values.v[i]);
    }
    putchar('\n');
}
