/* A metric over the visible seconds of a series, one value a column: the median of the clean
 * windows that fall into it, of a count the last. Columns stand on a fixed grid of time, so that a value does not change
 * while it moves across the screen. */
#ifndef ECS_TUI_WIDGETS_CHART_DATA_H
#define ECS_TUI_WIDGETS_CHART_DATA_H

#include "run/series.h"

#define ECS_CHART_COLUMNS 1024
#define ECS_CHART_SEGMENTS 48

enum { ECS_COLUMN_HAVE = 1, ECS_COLUMN_DIRTY = 2 /* no clean window in it */,
       ECS_COLUMN_MISSING = 4 /* windows, but none could tell this metric */,
       ECS_COLUMN_SETTLING = 8 };

struct ecs_chart_column { double value; uint8_t flags; int16_t segment; };

/* Windows under the same parameters. */
struct ecs_chart_segment {
    uint32_t generation;
    int first, last;            /* columns */
    bool starts;                /* its first window is on screen: a mark is due */
    bool have_values;
    struct ecs_values values;
};

struct ecs_chart_window {
    const struct ecs_series *series;
    int metric;
    double end_s, span_s;       /* run time at the right edge, and seconds shown */
    int columns;                /* at most ECS_CHART_COLUMNS */
    bool count;                 /* adds up: a column is its last window, noise or not */
    bool sweep;                 /* fixed columns that are written over, not moved */
};

struct ecs_chart_data {
    int n, n_segments;
    int cursor;                 /* sweep: the column being written, -1 otherwise */
    double high;                /* largest value shown, NAN when none */
    bool dirty;                 /* a noisy window is on screen; the last one: */
    uint64_t dirty_seq;
    struct ecs_chart_column column[ECS_CHART_COLUMNS];
    struct ecs_chart_segment segment[ECS_CHART_SEGMENTS];   /* the newest ones */
};

/* Reads only the visible part of the series. */
void ecs_chart_read(const struct ecs_chart_window *w, struct ecs_chart_data *out);
/* The column of a moment; -1 when it is not on screen. */
int ecs_chart_column_at(const struct ecs_chart_window *w, double time_s);
/* Largest value of clean, settled windows over the same part, of noisy ones where all are; NAN when
 * there is none. */
double ecs_chart_high(const struct ecs_chart_window *w);
/* First sequence number whose window ends after `time_s`. */
uint64_t ecs_chart_seek(const struct ecs_series *s, double time_s);

#endif
