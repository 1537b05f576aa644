/* The work of `counters` from the inside: every operation is in the counters' slots, and slots lie
 * where the layout says. Includes the source to see it. */
#include "scenarios/counters.c"

#include "drive.h"

static void *area;
static struct ecs_values values;

static void set_up(void)
{
    struct ecs_error e = {0};
    ecs_values_default(&ecs_scenario_counters, &values);
    ck_assert_int_eq(start(&values, &area, &e), 0);
}

static void tear_down(void)
{
    stop(area);
}

/* What a whole area holds: every line, so also what was written where no slot is. */
static uint64_t area_sum(void)
{
    uint64_t sum = 0;
    for (size_t at = 0; at < area_bytes(); at += sizeof(counter))
        sum += ecs_load_relaxed((counter *)((char *)area + at));
    return sum;
}

static uint64_t slot_sum(unsigned workers)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < workers; i++)
        for (unsigned r = 0; r < rows_used(&values); r++)
            sum += ecs_load_relaxed((counter *)((char *)area + r * row_bytes(&values, workers) +
                                                i * (size_t)values.v[STRIDE]));
    return sum;
}

struct crew_member { struct ecs_worker w; int quanta; };

static void *work(void *arg)
{
    struct crew_member *m = arg;
    if (enter(&m->w))
        abort();
    for (int i = 0; i < m->quanta; i++)
        quantum(&m->w);
    leave(&m->w);
    return NULL;
}

/* Each worker's operations are in slots of its own; nobody's are lost, whatever the kernel. */
START_TEST(every_operation_counts)
{
    enum { WORKERS = 3 };
    for (int stride = 8; stride <= MAX_STRIDE; stride += stride < 64 ? 8 : 64) {
        struct crew_member member[WORKERS];
        pthread_t thread[WORKERS];
        uint64_t ops = 0;
        values.v[KERNEL] = _i;
        values.v[STRIDE] = stride;
        memset(area, 0, area_bytes());
        for (unsigned i = 0; i < WORKERS; i++) {
            member[i] = (struct crew_member){
                .w = { .index = i, .workers = WORKERS, .values = &values, .shared = area },
                .quanta = 4,
            };
            ck_assert_int_eq(pthread_create(&thread[i], NULL, work, &member[i]), 0);
        }
        for (unsigned i = 0; i < WORKERS; i++) {
            pthread_join(thread[i], NULL);
            ops += member[i].w.count[OPS];
        }
        ck_assert_uint_ge(ops, WORKERS * 4 * ECS_PACE_MIN);
        ck_assert_uint_eq(slot_sum(WORKERS), ops);
        ck_assert_uint_eq(area_sum(), ops);
    }
}
END_TEST

/* Padded slots are on different lines in every row, and all rows are inside the area. */
START_TEST(padding_separates)
{
    for (values.v[STRIDE] = 8; values.v[STRIDE] <= MAX_STRIDE; values.v[STRIDE] += 8)
        for (unsigned workers = 1; workers <= ECS_MAX_WORKERS; workers++) {
            size_t row = row_bytes(&values, workers);
            ck_assert_uint_ge(row, workers * (size_t)values.v[STRIDE]);
            ck_assert_uint_le(row * ROWS, area_bytes());
            ck_assert_uint_eq(row % ECS_PAD, 0);
            ck_assert_uint_eq(row / ECS_PAD % 2, 1);
            if (values.v[STRIDE] >= ECS_LINE)
                ck_assert_uint_eq(sharers(&values, workers), 1);
        }
    ck_assert_uint_eq((uintptr_t)area % AREA_BORDER, 0);
}
END_TEST

START_TEST(picture_of_real_addresses)
{
    struct ecs_picture p;
    struct ecs_window w = { .workers = 3, .values = &values };
    values.v[STRIDE] = 40;
    describe(area, &w, &p);
    ck_assert_int_eq(p.kind, ECS_DIAGRAM_LINES);
    ck_assert_uint_eq(p.bytes, 128);
    ck_assert_uint_eq(p.n_spans, 3);
    for (uint32_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(p.span[i].offset, 40 * i);
        ck_assert_uint_eq(p.span[i].size, 8);
        ck_assert_int_eq(p.span[i].owner, (int)i);
    }
    ck_assert_str_eq(p.span[2].label, "T2");
    ck_assert_uint_eq(p.value[ECS_LINES_ADDRESS], (uintptr_t)area);
    ck_assert_uint_eq(p.value[ECS_LINES_ROWS], ROWS);
    w.workers = ECS_MAX_WORKERS;
    describe(area, &w, &p);
    ck_assert_uint_eq(p.n_spans, ECS_MAX_SPANS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("counters");
    TCase *t = tcase_create("inside");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, every_operation_counts, 0, (int)(sizeof kernels / sizeof kernels[0]));
    tcase_add_test(t, padding_separates);
    tcase_add_test(t, picture_of_real_addresses);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
