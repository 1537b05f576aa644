#include "tui/widgets/chart_data.h"

#include <math.h>

#define CHUNK 256
#define SAMPLES 256        /* more in one column are thinned */
#define SWEEP_GAP 4        /* columns kept free in front of the sweep */
#define FLAGS_PASSING ((uint32_t)ECS_SNAP_DIRTY | ECS_SNAP_SETTLING)

static double seconds(uint64_t ns)
{
    return (double)ns / 1e9;
}

uint64_t ecs_chart_seek(const struct ecs_series *s, double time_s)
{
    uint64_t low, high;
    struct ecs_point p;

    ecs_series_range(s, &low, &high);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (ecs_series_points(s, 0, middle, high, &p, 1) == 0 || seconds(p.time_ns) > time_s)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Columns are numbered from the beginning of run time. */
static double bin_of(const struct ecs_chart_window *w, double time_s)
{
    return floor(time_s / (w->span_s / w->columns) - 1e-9);
}

int ecs_chart_column_at(const struct ecs_chart_window *w, double time_s)
{
    double last = bin_of(w, w->end_s), bin = bin_of(w, time_s);

    if (w->columns < 1 || bin > last || last - bin >= w->columns)
        return -1;
    if (!w->sweep)
        return w->columns - 1 - (int)(last - bin);
    if (last - bin >= w->columns - SWEEP_GAP)
        return -1;
    double column = fmod(bin, w->columns);
    return (int)(column < 0 ? column + w->columns : column);
}

/* What falls into the column being filled. */
struct bucket {
    int column;
    double clean[SAMPLES], all[SAMPLES];
    size_t n_clean, n_all;
    double last;
    bool settling, missing, count;
};

static void insert(double *sorted, size_t *n, double v)
{
    size_t i = *n;

    if (*n == SAMPLES)
        return;
    for (; i > 0 && sorted[i - 1] > v; i--)
        sorted[i] = sorted[i - 1];
    sorted[i] = v;
    (*n)++;
}

static double middle(const double *sorted, size_t n)
{
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static void empty(struct bucket *b, int column)
{
    b->column = column;
    b->n_clean = b->n_all = 0;
    b->settling = b->missing = false;
}

static void flush(struct bucket *b, struct ecs_chart_data *out)
{
    if (b->column < 0)
        return;
    struct ecs_chart_column *c = &out->column[b->column];
    c->segment = (int16_t)(out->n_segments - 1);
    c->flags = b->settling ? ECS_COLUMN_SETTLING : 0;
    if (b->n_all) {
        c->value = b->count     ? b->last
                   : b->n_clean ? middle(b->clean, b->n_clean) : middle(b->all, b->n_all);
        c->flags |= ECS_COLUMN_HAVE | (b->n_clean ? 0 : ECS_COLUMN_DIRTY);
        out->high = isnan(out->high) || c->value > out->high ? c->value : out->high;
    } else if (b->missing) {
        c->flags |= ECS_COLUMN_MISSING;
    }
}

static void take(struct bucket *b, const struct ecs_point *p)
{
    b->settling = b->settling || (p->flags & ECS_SNAP_SETTLING);
    if (!isfinite(p->value)) {
        b->missing = true;
        return;
    }
    insert(b->all, &b->n_all, p->value);
    b->last = p->value;
    if (b->count || !(p->flags & ECS_SNAP_DIRTY))
        insert(b->clean, &b->n_clean, p->value);
}

/* The values in force: those of any snapshot of this generation at or soon after `seq`. */
static void find_values(const struct ecs_series *s, uint64_t seq, struct ecs_chart_segment *g)
{
    struct ecs_snapshot snap;

    for (int tries = 0; tries < CHUNK; tries++) {
        if (!ecs_series_copy(s, seq, &snap, 1))
            return;
        if (snap.generation == g->generation) {
            g->values = snap.values;
            g->have_values = true;
            return;
        }
        seq = snap.seq + 1;
    }
}

static void open_segment(const struct ecs_chart_window *w, struct ecs_chart_data *out,
                         const struct ecs_point *p, uint64_t seq, int column)
{
    if (out->n_segments == ECS_CHART_SEGMENTS) { /* forget the oldest; columns keep their place */
        for (int i = 1; i < ECS_CHART_SEGMENTS; i++)
            out->segment[i - 1] = out->segment[i];
        for (int i = 0; i < out->n; i++)
            out->column[i].segment -= out->column[i].segment >= 0;
        out->n_segments--;
    }
    bool first = out->n_segments == 0;
    struct ecs_chart_segment *g = &out->segment[out->n_segments++];
    *g = (struct ecs_chart_segment){.generation = p->generation, .first = column, .last = column,
                                    .starts = !first || (p->flags & ECS_SNAP_CHANGED)};
    find_values(w->series, seq, g);
}

struct reader { struct bucket b; double last_s, step_s; };

static void read_point(const struct ecs_chart_window *w, struct ecs_chart_data *out,
                       struct reader *r, const struct ecs_point *p, uint64_t seq)
{
    double t = seconds(p->time_ns);
    int column = ecs_chart_column_at(w, t);

    if (column < 0)
        return;
    if (r->last_s > 0 && t > r->last_s && (r->step_s <= 0 || t - r->last_s < r->step_s))
        r->step_s = t - r->last_s;
    r->last_s = t;
    bool changed =
        !out->n_segments || out->segment[out->n_segments - 1].generation != p->generation;
    if (column != r->b.column || changed) {
        flush(&r->b, out);
        if (changed)
            open_segment(w, out, p, seq, column);
        empty(&r->b, column);
    }
    out->segment[out->n_segments - 1].last = column;
    take(&r->b, p);
    if (p->flags & ECS_SNAP_DIRTY && !w->count) {
        out->dirty = true;
        out->dirty_seq = seq;
    }
}

/* Where columns are finer than windows, the line goes on; a real gap (a window that is missing or
 * could not tell) stays one. */
static void bridge(const struct ecs_chart_window *w, struct ecs_chart_data *out, double step_s)
{
    int reach = (int)ceil(1.5 * step_s / (w->span_s / w->columns));
    int last = -1;

    for (int i = 0; i < out->n; i++) {
        const struct ecs_chart_column *c = &out->column[i];
        if (c->flags & ECS_COLUMN_MISSING)
            last = -1;
        if (!(c->flags & ECS_COLUMN_HAVE))
            continue;
        if (last >= 0 && i - last > 1 && i - last <= reach)
            for (int k = last + 1; k < i; k++)
                out->column[k] = out->column[last];
        last = i;
    }
}

void ecs_chart_read(const struct ecs_chart_window *w, struct ecs_chart_data *out)
{
    struct ecs_point chunk[CHUNK];
    struct reader r = {.b = {.column = -1, .count = w->count}};
    uint64_t end, seq;

    out->n = w->columns < 0 ? 0 : w->columns > ECS_CHART_COLUMNS ? ECS_CHART_COLUMNS : w->columns;
    out->n_segments = 0;
    out->cursor = w->sweep ? ecs_chart_column_at(w, w->end_s) : -1;
    out->high = NAN;
    out->dirty = false;
    for (int i = 0; i < out->n; i++)
        out->column[i] = (struct ecs_chart_column){.value = NAN, .segment = -1};
    if (!w->series || out->n < 1)
        return;
    ecs_series_range(w->series, &seq, &end);
    seq = ecs_chart_seek(w->series, w->end_s - w->span_s);
    for (; seq < end; seq += CHUNK) {
        uint64_t stop = seq + CHUNK < end ? seq + CHUNK : end;
        size_t n = ecs_series_points(w->series, w->metric, seq, stop, chunk, CHUNK);
        for (size_t i = 0; i < n; i++)
            read_point(w, out, &r, &chunk[i], seq + i);
    }
    flush(&r.b, out);
    bridge(w, out, r.step_s);
}

static double high_without(const struct ecs_chart_window *w, uint32_t passing)
{
    struct ecs_point chunk[CHUNK];
    double high = NAN;
    uint64_t seq, end;

    ecs_series_range(w->series, &seq, &end);
    seq = ecs_chart_seek(w->series, w->end_s - w->span_s);
    for (; seq < end; seq += CHUNK) {
        uint64_t stop = seq + CHUNK < end ? seq + CHUNK : end;
        size_t n = ecs_series_points(w->series, w->metric, seq, stop, chunk, CHUNK);
        for (size_t i = 0; i < n; i++)
            if (isfinite(chunk[i].value) && !(chunk[i].flags & passing)
                && seconds(chunk[i].time_ns) <= w->end_s
                && (isnan(high) || chunk[i].value > high))
                high = chunk[i].value;
    }
    return high;
}

double ecs_chart_high(const struct ecs_chart_window *w)
{
    if (!w->series)
        return NAN;
    double high = w->count ? NAN : high_without(w, FLAGS_PASSING);
    return isnan(high) ? high_without(w, ECS_SNAP_SETTLING) : high;
}
