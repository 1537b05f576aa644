/* The work of `hot-cold` from the inside: in either layout every entity moves by its velocity
 * at each pass, and nothing else changes. Includes the source to see it. */
#include "scenarios/hot_cold.c"

#include "drive.h"

static struct ecs_values values;
static struct world *world;

static void set_up(void)
{
    ecs_values_default(&ecs_scenario_hot_cold, &values);
    values.v[ENTITIES] = 2 << 10;
    world = NULL;
}

static void build(void)
{
    struct ecs_error e = {0};
    void *shared;
    ck_assert_msg(start(&values, &shared, &e) == 0, "%s", e.what);
    world = shared;
}

static struct hot *hot_of(size_t i)
{
    return (struct hot *)(world->first + i * world->stride);
}

/* A copy of everything but the positions. */
static char *without_positions(void)
{
    char *copy = malloc(world->bytes);
    memcpy(copy, world->memory, world->bytes);
    for (size_t i = 0; i < world->n; i++)
        memset(copy + ((char *)&hot_of(i)->position - world->memory), 0, sizeof(float));
    return copy;
}

/* Whole passes by worker `index` of `workers`; how many entities it moved. */
static uint64_t walk(unsigned index, unsigned workers, uint64_t passes)
{
    struct ecs_worker w = { .index = index, .workers = workers, .values = &values,
                            .shared = world };
    ck_assert_int_eq(enter(&w), 0);
    struct local *mine = w.local;
    while (w.count[PASSES] < passes) {
        mine->pace.ops = 256;
        quantum(&w);
    }
    uint64_t moved = w.count[MOVED];
    ck_assert_uint_eq(moved - w.count[PASSES] * (mine->end - mine->begin), mine->at - mine->begin);
    leave(&w);
    return moved;
}

START_TEST(every_entity_moves)
{
    static const int64_t sizes[] = { 32, 48, 64, 128, 512 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        values.v[LAYOUT] = _i;
        values.v[ENTITY_BYTES] = sizes[i];
        build();
        char *before = without_positions();
        ck_assert_uint_eq(walk(0, 2, 2), 2 * world->n / 2);   /* 256 divides the slice */
        ck_assert_uint_eq(walk(1, 2, 2), 2 * world->n / 2);
        char *after = without_positions();
        ck_assert_int_eq(memcmp(before, after, world->bytes), 0);
        for (size_t k = 0; k < world->n; k++) {
            float step = (1.0f + (float)(k % 8)) * TIME_STEP;
            ck_assert_float_eq_tol(hot_of(k)->position, 2 * step, 1e-6f);
        }
        free(before);
        free(after);
        stop(world);
    }
}
END_TEST

/* Slices of any number of workers cover every entity once. */
START_TEST(slices_cover_all)
{
    build();
    for (unsigned workers = 1; workers <= ECS_MAX_WORKERS; workers++) {
        size_t expected = 0;
        for (unsigned i = 0; i < workers; i++) {
            struct ecs_worker w = { .index = i, .workers = workers, .values = &values,
                                    .shared = world };
            ck_assert_int_eq(enter(&w), 0);
            struct local *mine = w.local;
            ck_assert_uint_eq(mine->begin, expected);
            ck_assert_uint_gt(mine->end, mine->begin);
            expected = mine->end;
            leave(&w);
        }
        ck_assert_uint_eq(expected, world->n);
    }
    stop(world);
}
END_TEST

/* Records and hot pairs stay in the mapping, and no hot pair lies across a line's border. */
START_TEST(layout_fits)
{
    values.v[LAYOUT] = _i;
    for (int64_t bytes = 32; bytes <= MAX_ENTITY_BYTES; bytes += 16) {
        values.v[ENTITY_BYTES] = bytes;
        build();
        ck_assert_uint_eq(world->bytes, 2048u * (size_t)bytes);
        for (size_t i = 0; i < world->n; i++) {
            uintptr_t at = (uintptr_t)hot_of(i);
            ck_assert_uint_ge(at, (uintptr_t)world->memory);
            ck_assert_uint_le(at + sizeof(struct hot), (uintptr_t)world->memory + world->bytes);
            ck_assert_uint_le(at % ECS_LINE, ECS_LINE - sizeof(struct hot));
        }
        stop(world);
    }
}
END_TEST

/* A rebuild that cannot be had leaves the old world, still working. */
START_TEST(a_failed_rebuild_leaves_the_old)
{
    struct ecs_error e = {0};
    build();
    struct world before = *world;
    struct ecs_values huge = values;
    huge.v[ENTITIES] = (int64_t)1 << 45;
    ck_assert_int_lt(reshape(world, &huge, &e), 0);
    ck_assert(e.what[0] && e.mend[0]);
    ck_assert_int_eq(memcmp(&before, world, sizeof before), 0);
    ck_assert_uint_eq(walk(0, 1, 1), world->n);
    /* A change of layout alone moves no memory. */
    values.v[LAYOUT] = SPLIT;
    ck_assert_int_eq(reshape(world, &values, &e), 0);
    ck_assert_ptr_eq(world->memory, before.memory);
    ck_assert_uint_eq(world->stride, sizeof(struct hot));
    /* Another number of threads changes nothing at all. */
    hot_of(5)->position = 42;
    values.v[THREADS] = 7;
    ck_assert_int_eq(reshape(world, &values, &e), 0);
    ck_assert_float_eq(hot_of(5)->position, 42);
    stop(world);
}
END_TEST

START_TEST(picture_of_the_record)
{
    struct ecs_picture p;
    struct ecs_window w = { .workers = 1, .values = &values };
    for (int64_t bytes = 32; bytes <= MAX_ENTITY_BYTES; bytes += 16) {
        uint32_t covered = 0, hot = 0;
        values.v[ENTITY_BYTES] = bytes;
        describe(NULL, &w, &p);
        for (uint32_t i = 0; i < p.n_spans; i++) {
            ck_assert_uint_eq(p.span[i].offset, covered);   /* no holes, no overlap */
            covered += p.span[i].size;
            hot += p.span[i].owner == 1 ? p.span[i].size : 0;
        }
        ck_assert_uint_eq(covered, (uint32_t)bytes);
        ck_assert_uint_eq(hot, sizeof(struct hot));
        ck_assert_uint_eq(p.stride, (uint32_t)bytes);
    }
    values.v[LAYOUT] = SPLIT;
    describe(NULL, &w, &p);
    ck_assert_uint_eq(p.bytes, ECS_LINE);
    ck_assert_uint_eq(p.n_spans, 16);
    ck_assert_uint_eq(p.stride, sizeof(struct hot));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hot-cold");
    TCase *t = tcase_create("inside");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_loop_test(t, every_entity_moves, AOS, SPLIT + 1);
    tcase_add_test(t, slices_cover_all);
    tcase_add_loop_test(t, layout_fits, AOS, SPLIT + 1);
    tcase_add_test(t, a_failed_rebuild_leaves_the_old);
    tcase_add_test(t, picture_of_the_record);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
