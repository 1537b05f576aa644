#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "run/replay.h"
#include "trace_fixture.h"

#define MS 1000000ull
#define START (123456 * MS)

static struct ecs_replay *player(uint64_t n, bool loop)
{
    const char *path = fixture_path("replay.ecst");
    struct ecs_trace *t;
    struct ecs_replay *r;
    fixture_record(path, n);
    ck_assert_int_eq(ecs_trace_read(path, &t, NULL), 0);
    ck_assert_int_eq(ecs_replay_new(t, loop, &r), 0);
    return r;
}

static uint64_t held(const struct ecs_replay *r)
{
    uint64_t first, end;
    ecs_series_range(ecs_replay_series(r), &first, &end);
    return end - first;
}

START_TEST(at_the_speed_it_was_recorded)
{
    struct ecs_replay *r = player(100, false);
    ck_assert_uint_eq(ecs_replay_advance(r, START), 50 * MS);
    ck_assert_uint_eq(held(r), 0);
    ck_assert_uint_eq(ecs_replay_advance(r, START + 49 * MS), 1 * MS);
    ck_assert_uint_eq(held(r), 0);
    ck_assert_uint_eq(ecs_replay_advance(r, START + 50 * MS), 50 * MS);
    ck_assert_uint_eq(held(r), 1);
    ck_assert_uint_eq(ecs_replay_advance(r, START + 1020 * MS), 30 * MS);
    ck_assert_uint_eq(held(r), 20);
    ck_assert(!ecs_replay_over(r));
    ck_assert_uint_eq(ecs_replay_advance(r, START + 5000 * MS), UINT64_MAX);
    ck_assert_uint_eq(held(r), 100);
    ck_assert(ecs_replay_over(r));
    ecs_replay_free(r);
}
END_TEST

START_TEST(a_pause_stops_the_clock)
{
    struct ecs_replay *r = player(100, false);
    ecs_replay_advance(r, START);
    ecs_replay_advance(r, START + 120 * MS);
    ecs_replay_pause(r, true, START + 120 * MS);
    ck_assert(ecs_replay_paused(r));
    ck_assert_uint_eq(ecs_replay_advance(r, START + 900 * MS), UINT64_MAX);
    ck_assert_uint_eq(held(r), 2);
    ecs_replay_pause(r, true, START + 950 * MS);
    ecs_replay_pause(r, false, START + 1120 * MS);
    ck_assert_uint_eq(ecs_replay_advance(r, START + 1120 * MS), 30 * MS);
    ck_assert_uint_eq(ecs_replay_advance(r, START + 1150 * MS), 50 * MS);
    ck_assert_uint_eq(held(r), 3);
    ecs_replay_free(r);
}
END_TEST

START_TEST(a_clock_that_steps_back)
{
    struct ecs_replay *r = player(10, false);
    ecs_replay_advance(r, START);
    ecs_replay_advance(r, START + 100 * MS);
    ck_assert_uint_gt(ecs_replay_advance(r, START - 100 * MS), 0);
    ck_assert_uint_eq(held(r), 2);
    ecs_replay_free(r);
}
END_TEST

START_TEST(a_loop_begins_again)
{
    struct ecs_replay *r = player(10, true);
    ecs_replay_advance(r, START);
    ck_assert_uint_eq(ecs_replay_advance(r, START + 500 * MS), 50 * MS);
    ck_assert_uint_eq(held(r), 10);
    ck_assert(!ecs_replay_over(r));
    ck_assert_uint_eq(ecs_replay_advance(r, START + 550 * MS), 50 * MS);
    ck_assert_uint_eq(held(r), 0);
    ecs_replay_advance(r, START + 700 * MS);
    ck_assert_uint_eq(held(r), 3);
    /* A caller that was stopped for an hour does not play an hour's passes. */
    ecs_replay_advance(r, START + 550 * MS * 7000 + 160 * MS);
    ck_assert_uint_eq(held(r), 3);
    ecs_replay_free(r);
}
END_TEST

START_TEST(one_snapshot_loops_without_spinning)
{
    struct ecs_replay *r = player(1, true);
    uint64_t now = START, calls = 0;
    while (now < START + 1000 * MS) {
        now += ecs_replay_advance(r, now);
        calls++;
    }
    ck_assert_uint_lt(calls, 50);
    ecs_replay_free(r);
}
END_TEST

START_TEST(an_empty_recording_is_over)
{
    struct ecs_replay *r = player(0, true);
    ck_assert_uint_eq(ecs_replay_advance(r, START), UINT64_MAX);
    ck_assert(ecs_replay_over(r));
    ecs_replay_all(r);
    ck_assert_uint_eq(held(r), 0);
    ecs_replay_free(r);
}
END_TEST

START_TEST(all_at_once)
{
    struct ecs_replay *r = player(7000, false);
    ecs_replay_all(r);
    ck_assert_uint_eq(held(r), 7000);
    ck_assert(ecs_replay_over(r));
    ecs_replay_free(r);
}
END_TEST

START_TEST(pictures_belong_to_their_time)
{
    struct ecs_replay *r = player(40, false);
    struct ecs_picture p;
    ck_assert(ecs_replay_picture(r, 0, &p));
    ck_assert_uint_eq(p.value[ECS_STACK_HEAD], 0);
    ck_assert(ecs_replay_picture(r, 9, &p));
    ck_assert_uint_eq(p.value[ECS_STACK_HEAD], 0);
    ck_assert(ecs_replay_picture(r, 10, &p));
    ck_assert_uint_eq(p.value[ECS_STACK_HEAD], 10);
    ck_assert(ecs_replay_picture(r, 1000, &p));
    ck_assert_uint_eq(p.value[ECS_STACK_HEAD], 30);
    ecs_replay_free(r);
    r = player(0, false);
    ck_assert(!ecs_replay_picture(r, 0, &p));
    ecs_replay_free(r);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("replay");
    TCase *t = tcase_create("replay");
    tcase_add_test(t, at_the_speed_it_was_recorded);
    tcase_add_test(t, a_pause_stops_the_clock);
    tcase_add_test(t, a_clock_that_steps_back);
    tcase_add_test(t, a_loop_begins_again);
    tcase_add_test(t, one_snapshot_loops_without_spinning);
    tcase_add_test(t, an_empty_recording_is_over);
    tcase_add_test(t, all_at_once);
    tcase_add_test(t, pictures_belong_to_their_time);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
