#include <check.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

#include "run/series.h"

static void append(struct ecs_series *s, uint64_t seq) {
    struct ecs_snapshot snap;
    ecs_snapshot_clear(&snap);
    snap.seq = seq;
    snap.time_ns = seq * 10;
    snap.flags = (uint32_t)seq & 7;
    snap.generation = (uint32_t)(seq / 100);
    snap.metric[2] = (double)seq / 2;
    ecs_series_append(s, &snap);
}

static void expect_range(const struct ecs_series *s, uint64_t first, uint64_t end) {
    uint64_t f, e;
    ecs_series_range(s, &f, &e);
    ck_assert_uint_eq(f, first);
    ck_assert_uint_eq(e, end);
}

START_TEST(empty) {
    struct ecs_series *s = ecs_series_new(4);
    struct ecs_snapshot snap;
    struct ecs_point p[4];
    expect_range(s, 0, 0);
    ck_assert(!ecs_series_get(s, 0, &snap));
    ck_assert_uint_eq(ecs_series_copy(s, 0, &snap, 1), 0);
    ck_assert_uint_eq(ecs_series_points(s, 0, 0, 100, p, 4), 0);
    ecs_series_free(s);
    ecs_series_free(NULL);
    ck_assert_ptr_null(ecs_series_new(SIZE_MAX / 2));
}
END_TEST

START_TEST(wraps) {
    struct ecs_series *s = ecs_series_new(4);
    struct ecs_snapshot snap[8];
    struct ecs_point p[8];
    for (uint64_t i = 0; i < 11; i++) {
        append(s, i);
        expect_range(s, i < 4 ? 0 : i - 3, i + 1);
    }
    ck_assert(!ecs_series_get(s, 6, snap));
    ck_assert(!ecs_series_get(s, 11, snap));
    for (uint64_t i = 7; i < 11; i++) {
        ck_assert(ecs_series_get(s, i, snap));
        ck_assert_uint_eq(snap->seq, i);
    }
    ck_assert_uint_eq(ecs_series_copy(s, 0, snap, 8), 4);
    ck_assert_uint_eq(snap[0].seq, 7);
    ck_assert_uint_eq(snap[3].seq, 10);
    ck_assert_uint_eq(ecs_series_copy(s, 9, snap, 8), 2);
    ck_assert_uint_eq(ecs_series_copy(s, 8, snap, 1), 1);
    ck_assert_uint_eq(ecs_series_copy(s, 11, snap, 8), 0);
    ck_assert_uint_eq(ecs_series_points(s, 2, 0, 10, p, 8), 3);
    ck_assert_double_eq(p[0].value, 3.5);
    ck_assert_uint_eq(p[2].time_ns, 90);
    ck_assert_uint_eq(p[2].flags, 1);
    ck_assert_uint_eq(ecs_series_points(s, 3, 0, 100, p, 8), 4);
    ck_assert(isnan(p[0].value));
    ck_assert_uint_eq(ecs_series_points(s, ECS_MAX_METRICS, 0, 100, p, 8), 0);
    ck_assert_uint_eq(ecs_series_points(s, -1, 0, 100, p, 8), 0);
    ecs_series_clear(s);
    expect_range(s, 0, 0);
    append(s, 3);
    expect_range(s, 3, 4);
    ecs_series_free(s);
}
END_TEST

/* A recording may begin anywhere and have gaps; one that begins anew replaces what was there. */
START_TEST(gaps) {
    struct ecs_series *s = ecs_series_new(6);
    struct ecs_snapshot snap[8];
    static const uint64_t seqs[] = { 500, 501, 505, 509, 510 };
    for (size_t i = 0; i < 5; i++)
        append(s, seqs[i]);
    expect_range(s, 500, 511);
    ck_assert(ecs_series_get(s, 505, snap));
    ck_assert(ecs_series_get(s, 510, snap));
    ck_assert(!ecs_series_get(s, 502, snap));
    ck_assert(!ecs_series_get(s, 508, snap));
    ck_assert_uint_eq(ecs_series_copy(s, 502, snap, 8), 3);
    ck_assert_uint_eq(snap[0].seq, 505);
    append(s, 510);
    expect_range(s, 510, 511);
    append(s, 0);
    expect_range(s, 0, 1);
    ecs_series_free(s);
}
END_TEST

struct race { struct ecs_series *s; _Atomic bool over; };

static void *writer(void *arg) {
    struct race *r = arg;
    for (uint64_t i = 0; i < 20000; i++)
        append(r->s, i);
    atomic_store(&r->over, true);
    return NULL;
}

START_TEST(readers_see_whole_snapshots) {
    struct race r = { ecs_series_new(16), false };
    struct ecs_snapshot snap[16];
    pthread_t t;
    pthread_create(&t, NULL, writer, &r);
    while (!atomic_load(&r.over)) {
        size_t n = ecs_series_copy(r.s, 0, snap, 16);
        for (size_t i = 0; i < n; i++) {
            ck_assert_uint_eq(snap[i].time_ns, snap[i].seq * 10);
            ck_assert_double_eq(snap[i].metric[2], (double)snap[i].seq / 2);
            ck_assert(i == 0 || snap[i].seq == snap[i - 1].seq + 1);
        }
    }
    pthread_join(t, NULL);
    expect_range(r.s, 19984, 20000);
    ecs_series_free(r.s);
}
END_TEST

int main(void) {
    Suite *s = suite_create("series");
    TCase *t = tcase_create("series");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, empty);
    tcase_add_test(t, wraps);
    tcase_add_test(t, gaps);
    tcase_add_test(t, readers_see_whole_snapshots);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
