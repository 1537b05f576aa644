/* The parts that screens are made of, where a picture would not show a fault: what goes into a
 * column of a chart, where axes end, how text breaks, which room a label takes. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/lesson.h"
#include "tui/widgets/axis.h"
#include "tui/widgets/box.h"
#include "tui/widgets/chart.h"
#include "tui/widgets/free_room.h"
#include "tui/widgets/glyph.h"
#include "tui/widgets/prose.h"

static struct ecs_series *series;
static uint64_t next_seq;

static void setup(void)
{
    series = ecs_series_new(0);
    next_seq = 0;
}

static void teardown(void)
{
    ecs_series_free(series);
}

/* Windows of 100 ms: the n-th ends at n / 10 s. */
static void add(double value, uint32_t flags, uint32_t generation)
{
    struct ecs_snapshot snap = {.seq = next_seq, .time_ns = (next_seq + 1) * 100000000u,
                                .flags = flags, .generation = generation};

    snap.metric[0] = value;
    snap.values.v[0] = generation;
    next_seq++;
    ecs_series_append(series, &snap);
}

static void read_ten_columns(struct ecs_chart_data *data, bool sweep)
{
    struct ecs_chart_window w = {.series = series, .end_s = (double)next_seq / 10, .span_s = 10,
                                 .columns = 10, .sweep = sweep};

    ecs_chart_read(&w, data);
}

START_TEST(a_column_is_the_median_of_its_clean_windows)
{
    struct ecs_chart_data d;

    for (int i = 0; i < 9; i++)
        add(5, 0, 0);
    add(1000, ECS_SNAP_DIRTY, 0);
    for (int i = 0; i < 10; i++)
        add(i == 3 ? 70 : 7, 0, 0);
    read_ten_columns(&d, false);
    ck_assert_int_eq(d.column[7].flags & ECS_COLUMN_HAVE, 0);
    ck_assert_double_eq(d.column[8].value, 5);
    ck_assert_double_eq(d.column[9].value, 7);
    ck_assert_int_eq(d.column[8].flags & ECS_COLUMN_DIRTY, 0);
    ck_assert(d.dirty);
    ck_assert_uint_eq(d.dirty_seq, 9);
}
END_TEST

START_TEST(a_column_of_noise_alone_says_so)
{
    struct ecs_chart_data d;

    for (int i = 0; i < 10; i++)
        add(5, ECS_SNAP_DIRTY, 0);
    read_ten_columns(&d, false);
    ck_assert_int_eq(d.column[9].flags, ECS_COLUMN_HAVE | ECS_COLUMN_DIRTY);
    ck_assert_double_eq(d.column[9].value, 5);
    /* The axis reaches to it all the same. */
    struct ecs_chart_window w = {.series = series, .end_s = 1, .span_s = 10, .columns = 10};
    ck_assert_double_eq(ecs_chart_high(&w), 5);
    add(3, 0, 0);
    w.end_s = 1.1;
    ck_assert_double_eq(ecs_chart_high(&w), 3);
}
END_TEST

/* A count adds up: it stands as its last window has it, and noise does not touch it. */
START_TEST(a_column_of_a_count_is_its_last_window)
{
    struct ecs_chart_data d;
    struct ecs_chart_window w = {.series = series, .end_s = 1, .span_s = 10, .columns = 10,
                                 .count = true};

    for (int i = 0; i < 10; i++)
        add(100 * i, ECS_SNAP_DIRTY, 0);
    ecs_chart_read(&w, &d);
    ck_assert_int_eq(d.column[9].flags, ECS_COLUMN_HAVE);
    ck_assert_double_eq(d.column[9].value, 900);
    ck_assert(!d.dirty);
    ck_assert_double_eq(ecs_chart_high(&w), 900);
}
END_TEST

START_TEST(what_is_missing_is_a_gap)
{
    struct ecs_chart_data d;

    for (int i = 0; i < 50; i++)
        add(i >= 20 && i < 40 ? NAN : 5, 0, 0);
    read_ten_columns(&d, false);
    ck_assert_double_eq(d.column[6].value, 5);
    ck_assert_int_eq(d.column[7].flags, ECS_COLUMN_MISSING);
    ck_assert_int_eq(d.column[8].flags, ECS_COLUMN_MISSING);
    ck_assert_double_eq(d.column[9].value, 5);
    ck_assert_double_eq(d.high, 5);
}
END_TEST

/* Finer columns than windows are bridged; a hole in the windows is not. */
START_TEST(only_real_gaps_are_gaps)
{
    static struct ecs_chart_data d;
    struct ecs_chart_window w = {.series = series, .span_s = 4, .columns = 160};

    for (int i = 0; i < 20; i++)
        add(5, 0, 0);
    next_seq += 10;
    for (int i = 0; i < 10; i++)
        add(5, 0, 0);
    w.end_s = (double)next_seq / 10;
    ecs_chart_read(&w, &d);
    for (int i = 5; i < 79; i++)
        ck_assert_msg(d.column[i].flags & ECS_COLUMN_HAVE, "column %d", i);
    int holes = 0;
    for (int i = 79; i < 124; i++)
        holes += !(d.column[i].flags & ECS_COLUMN_HAVE);
    ck_assert_int_gt(holes, 38);
}
END_TEST

START_TEST(a_change_begins_a_stretch)
{
    struct ecs_chart_data d;

    for (int i = 0; i < 35; i++)
        add(5, 0, 0);
    add(50, ECS_SNAP_CHANGED | ECS_SNAP_SETTLING, 1);
    for (int i = 0; i < 14; i++)
        add(50, 0, 1);
    read_ten_columns(&d, false);
    ck_assert_int_eq(d.n_segments, 2);
    ck_assert(!d.segment[0].starts);
    ck_assert(d.segment[1].starts);
    ck_assert_int_eq(d.segment[1].first, 8);
    ck_assert_int_eq((int)d.segment[1].values.v[0], 1);
    /* The new stretch owns the column in which it begins: it shows at once. */
    ck_assert_double_eq(d.column[8].value, 50);
    ck_assert_double_eq(d.column[7].value, 5);
}
END_TEST

START_TEST(many_changes_keep_the_newest)
{
    static struct ecs_chart_data d;

    for (uint32_t i = 0; i < 100; i++)
        add(i, ECS_SNAP_CHANGED, i);
    struct ecs_chart_window w = {.series = series, .end_s = 10, .span_s = 10, .columns = 100};
    ecs_chart_read(&w, &d);
    ck_assert_int_eq(d.n_segments, ECS_CHART_SEGMENTS);
    ck_assert_uint_eq(d.segment[ECS_CHART_SEGMENTS - 1].generation, 99);
    for (int i = 0; i < 100; i++)
        if (d.column[i].segment >= 0)
            ck_assert_uint_eq(d.segment[d.column[i].segment].generation, (uint32_t)i);
}
END_TEST

/* A value keeps its column while time moves on, and its value when its column moves. */
START_TEST(columns_stand_on_a_grid_of_time)
{
    struct ecs_chart_data before, after;

    for (int i = 0; i < 100; i++)
        add(i % 17, 0, 0);
    read_ten_columns(&before, false);
    add(3, 0, 0);
    read_ten_columns(&after, false);
    for (int i = 1; i < 10; i++)
        ck_assert_double_eq(before.column[i].value, after.column[i - 1].value);
    read_ten_columns(&before, true);
    add(3, 0, 0);
    read_ten_columns(&after, true);
    for (int i = 0; i < 10; i++)
        if (i != after.cursor && after.column[i].flags & ECS_COLUMN_HAVE)
            ck_assert_double_eq(before.column[i].value, after.column[i].value);
    ck_assert_int_eq(after.cursor, 0);
}
END_TEST

START_TEST(seeking_finds_the_first_window_after)
{
    for (int i = 0; i < 100; i++)
        add(1, 0, 0);
    ck_assert_uint_eq(ecs_chart_seek(series, -1), 0);
    ck_assert_uint_eq(ecs_chart_seek(series, 5.05), 50);
    ck_assert_uint_eq(ecs_chart_seek(series, 99), 100);
}
END_TEST

START_TEST(the_high_is_of_clean_and_settled_windows)
{
    struct ecs_chart_window w = {.series = series, .end_s = 10, .span_s = 10};

    ck_assert(isnan(ecs_chart_high(&w)));
    add(5, 0, 0);
    add(900, ECS_SNAP_DIRTY, 0);
    add(800, ECS_SNAP_SETTLING, 0);
    add(NAN, 0, 0);
    ck_assert_double_eq(ecs_chart_high(&w), 5);
}
END_TEST

START_TEST(tops_of_axes_are_round)
{
    static const struct { double v, top; } want[] = {
        {0, 1}, {-3, 1}, {1, 1}, {1.01, 1.5}, {409e6, 600e6}, {34e6, 40e6}, {99, 100}, {100, 100},
        {101, 150}, {0.0021, 0.003}, {6.1, 8}, {8.2, 10}, {9.99e11, 1e12},
    };

    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        double top = ecs_chart_nice_top(want[i].v);
        ck_assert_msg(fabs(top - want[i].top) < want[i].top * 1e-9, "%g gives %g", want[i].v, top);
        int steps = ecs_axis_steps(top);
        ck_assert(steps == 2 || steps == 3);
    }
    ck_assert_double_eq(ecs_chart_nice_top(NAN), 1);
    ck_assert_double_eq(ecs_chart_nice_top(INFINITY), 1);
    for (double v = 1e-6; v < 1e13; v *= 1.07)
        ck_assert(ecs_chart_nice_top(v) >= v * (1 - 1e-9) && ecs_chart_nice_top(v) <= v * 2);
}
END_TEST

static char *prose(int w, const char *text, int *lines)
{
    struct ecs_canvas c;
    struct ecs_pen_style plain = {ECS_ROLE_TEXT, 0};
    struct ecs_pen measure = {.area = {0, 0, w, 0}};

    *lines = ecs_pen_text(&measure, 0, NULL, plain, text);
    ecs_canvas_init(&c, w, *lines);
    struct ecs_pen pen = {.c = &c, .area = {0, 0, w, *lines}};
    ck_assert_int_eq(ecs_pen_text(&pen, 0, NULL, plain, text), *lines);
    char *out = ecs_canvas_text(&c);
    ecs_canvas_free(&c);
    return out;
}

START_TEST(prose_breaks_between_words)
{
    static const struct { int w; const char *text, *want; } cases[] = {
        {10, "one two three four", "one two   \nthree four\n"},
        {9, "one two\nthree", "one two  \n         \nthree    \n"},
        {4, "abcdefghij", "abcd\nefgh\nij  \n"},
        {8, "\4one\n\4two three", "\u2022 one   \n\u2022 two   \n  three \n"},
        {6, "\5a  b", "  a  b\n"},
        {7, "a \1bc\1 d", "a bc d \n"},
        {4, "\u6f22\u5b57\u6f22", "\u6f22\u5b57\n\u6f22  \n"},
        {3, "", "   \n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int lines;
        char *got = prose(cases[i].w, cases[i].text, &lines);
        ck_assert_msg(strncmp(got, cases[i].want, strlen(cases[i].want)) == 0, "case %zu:\n%s", i,
                      got);
        free(got);
    }
}
END_TEST

/* Whatever bytes a lesson holds: it ends, stays inside, and measures what it draws. */
START_TEST(prose_takes_any_bytes)
{
    unsigned random = 7;
    char text[200];

    for (int round = 0; round < 3000; round++) {
        size_t n = 0;
        for (; n < sizeof text - 1; n++) {
            random = random * 1664525u + 1013904223u;
            char ch = (char)(random >> 24);
            text[n] = ch ? (random >> 20 & 3 ? ch : ' ') : 'x';
        }
        text[n] = '\0';
        int lines;
        char *got = prose(1 + round % 40, text, &lines);
        free(got);
    }
}
END_TEST

START_TEST(a_label_takes_the_nearest_free_room)
{
    struct ecs_canvas c;
    struct ecs_rect at, all = {0, 0, 20, 5};

    ecs_canvas_init(&c, 20, 5);
    ck_assert(ecs_free_room(&c, all, 4, 1, 10, 2, &at));
    ck_assert_int_eq(at.y, 2);
    ck_assert_int_le(abs(at.x + 2 - 10), 1);
    ecs_fill(&c, (struct ecs_rect){0, 1, 20, 3}, '#', ECS_ROLE_TEXT, 0);
    ck_assert(ecs_free_room(&c, all, 4, 1, 10, 1, &at));
    ck_assert_int_eq(at.y, 0);
    ck_assert(!ecs_free_room(&c, all, 4, 2, 10, 1, &at));
    ck_assert(!ecs_free_room(&c, all, 21, 1, 10, 1, &at));
    ecs_canvas_free(&c);
}
END_TEST

START_TEST(a_rule_or_a_frame_leaves_its_inside_free)
{
    for (int framed = 0; framed < 2; framed++)
        for (int w = 1; w < 40; w++)
            for (int h = 1; h < 6; h++) {
                struct ecs_canvas c;
                struct ecs_box box = {"A long title of a panel", "MEASURED", framed != 0};
                ecs_canvas_init(&c, w + 2, h + 2);
                struct ecs_rect in = ecs_box_draw(&c, (struct ecs_rect){1, 1, w, h}, &box);
                ck_assert(in.w >= 0 && in.h >= 0);
                ck_assert(!in.w || !in.h || (in.x + in.w <= w + 1 && in.y + in.h <= h + 1));
                for (int y = 0; y < c.h; y++)
                    for (int x = 0; x < c.w; x++) {
                        bool inside = x >= in.x && x < in.x + in.w && y >= in.y && y < in.y + in.h;
                        bool outside = x < 1 || y < 1 || x > w || y > h;
                        if ((inside || outside) && c.cell[y * c.w + x].ch != ' ')
                            ck_abort_msg("%d x %d: drawn over %d, %d", w, h, x, y);
                    }
                ecs_canvas_free(&c);
            }
}
END_TEST

/* What tells states apart by a glyph still does so in ASCII. */
START_TEST(states_stay_apart_in_ascii)
{
    static const uint32_t sets[][4] = {{0x25cf, 0x25d0, 0x25cb, 0x2713},
                                       {0x2713, 0x2717, 0x2248, 0x25d0},
                                       {0x2588, 0x2591, 0xb7, 0x2592},
                                       {0x2502, 0x250a, 0x254c, 0x2500}};

    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        for (int k = 0; k < 4; k++)
            for (int m = 0; m < k; m++)
                ck_assert_msg(ecs_ascii_glyph(sets[i][k]) != ecs_ascii_glyph(sets[i][m])
                                  || (sets[i][k] == 0xb7 && sets[i][m] == 0x2591),
                              "U+%04x and U+%04x", sets[i][k], sets[i][m]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("widgets");
    TCase *t = tcase_create("widgets");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_column_is_the_median_of_its_clean_windows);
    tcase_add_test(t, a_column_of_noise_alone_says_so);
    tcase_add_test(t, a_column_of_a_count_is_its_last_window);
    tcase_add_test(t, what_is_missing_is_a_gap);
    tcase_add_test(t, only_real_gaps_are_gaps);
    tcase_add_test(t, a_change_begins_a_stretch);
    tcase_add_test(t, many_changes_keep_the_newest);
    tcase_add_test(t, columns_stand_on_a_grid_of_time);
    tcase_add_test(t, seeking_finds_the_first_window_after);
    tcase_add_test(t, the_high_is_of_clean_and_settled_windows);
    tcase_add_test(t, tops_of_axes_are_round);
    tcase_add_test(t, prose_breaks_between_words);
    tcase_add_test(t, prose_takes_any_bytes);
    tcase_add_test(t, a_label_takes_the_nearest_free_room);
    tcase_add_test(t, a_rule_or_a_frame_leaves_its_inside_free);
    tcase_add_test(t, states_stay_apart_in_ascii);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
