/* What the engine finds, each with a program that has it, and what it must not find; mutants of the
 * shipped sources; schedules there and back; faults. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/atomic.h"
#include "core/explore/choice.h"
#include "core/explore/crash.h"

static struct ecs_search_result r;
static struct ecs_step steps[ECS_ENGINE_STEPS];

/* ---- mutants --------------------------------------------------------------------------------- */

static const struct { const char *head; unsigned preemptions; size_t most_steps; } killed[] = {
    {"aba/plain/sc", 1, 12}, {"aba/tagged-notag/sc", 1, 12}, {"aba/tag1/sc", 1, 12},
    {"aba/tag2/sc", 1, 21}, {"aba/hazard-nofence/tso", 1, 40}, {"aba/hazard-nofence/ra", 1, 40},
    {"aba/hazard-norecheck/sc", 3, 40}, {"aba/epoch-noguard/sc", 1, 40},
    {"counter/load_store/sc", 1, 4}, {"store-buffer/relaxed/tso", 0, 6},
    {"store-buffer/release/ra", 0, 4}, {"message-passing/relaxed/ra", 0, 4},
    {"message-passing/relaxed,data=plain/sc", 0, 2}, {"reclaim/hazard-nofence/tso", 0, 30},
    {"reclaim/hazard-norecheck/sc", 1, 30}, {"reclaim/epoch-noguard/sc", 0, 30},
    {"reclaim/epoch-two/sc", 1, 40}, {"reclaim/epoch-two/ra", 0, 40},
};

static void read_head(const char *head, struct ecs_search_options *o)
{
    struct ecs_error e = {0};
    *o = (struct ecs_search_options){.bound = -1};
    ck_assert_msg(ecs_explore_read_head(head, o, &e) == 0, "%s: %s", head, e.what);
}

START_TEST(mutant_is_killed)
{
    struct ecs_search_options o, again;
    struct ecs_choice path[ECS_ENGINE_STEPS];
    static char text[ECS_ENGINE_STEPS * 8];
    char head[100];
    size_t n;
    read_head(killed[_i].head, &o);
    ck_assert_int_eq(ecs_search(&o, &r), 0);
    ck_assert_msg(r.verdict == ECS_VERDICT_VIOLATION, "%s", killed[_i].head);
    ck_assert_uint_eq(r.preemptions, killed[_i].preemptions);
    ck_assert_uint_le(r.n_path, killed[_i].most_steps);
    ecs_engine_close();
    /* the line that a person would type shows the same */
    ecs_schedule_text(ecs_explore_head(&o, head, sizeof head), r.path, r.n_path, text, sizeof text);
    ck_assert_int_eq(ecs_schedule_parse(text, head, sizeof head, path, ECS_ENGINE_STEPS, &n, NULL),
                     0);
    read_head(head, &again);
    ck_assert_int_eq(ecs_engine_open(again.program, again.values, again.model, NULL), 0);
    ck_assert_uint_eq(ecs_search_replay(path, n, steps), r.n_path);
    ck_assert_int_eq(ecs_engine.finding, r.finding);
    ck_assert_str_eq(ecs_engine.what, r.what);
    ecs_engine_close();
}
END_TEST

static const char *const clean[] = {
    "aba/tagged/sc", "aba/tagged/tso", "aba/tagged/ra", "aba/hazard/sc", "aba/hazard/tso",
    "aba/hazard/ra", "aba/epoch/sc", "aba/epoch/tso", "aba/epoch/ra", "counter/cas,threads=3/ra",
    "counter/fetch_add/tso", "store-buffer/seq_cst/ra", "store-buffer/fence/tso",
    "message-passing/release/ra", "message-passing/release,data=plain/ra",
    "message-passing/relaxed/tso", "treiber/plain/sc", "treiber/tagged/tso", "treiber/hazard/sc",
    "treiber/epoch/sc", "treiber/plain/ra", "reclaim/hazard/sc", "reclaim/hazard/tso",
    "reclaim/hazard/ra", "reclaim/epoch/sc", "reclaim/epoch/tso", "reclaim/epoch/ra",
    "reclaim/hazard-nofence/sc",
};

START_TEST(whole_source_is_clean)
{
    struct ecs_search_options o;
    read_head(clean[_i], &o);
    ck_assert_int_eq(ecs_search(&o, &r), 0);
    ck_assert_msg(r.verdict == ECS_VERDICT_CLEAN && r.exhaustive, "%s: %s %s", clean[_i],
                  r.what, r.why);
    ecs_engine_close();
}
END_TEST

/* A weak compare-exchange that fails for no reason is retried. */
START_TEST(spurious_failures)
{
    struct ecs_search_options o;
    read_head("counter/cas/sc", &o);
    ck_assert_int_eq(ecs_search(&o, &r), 0);
    uint64_t without = r.states;
    ecs_engine_close();
    o.spurious = 2;
    ck_assert_int_eq(ecs_search(&o, &r), 0);
    ck_assert_int_eq(r.verdict, ECS_VERDICT_CLEAN);
    ck_assert_uint_gt(r.states, without);
    ecs_engine_close();
}
END_TEST

/* ---- one program for each finding ------------------------------------------------------------ */

struct state {
    _Atomic(uint32_t *) shared;
    _Atomic uint32_t flag, other;
};

static size_t state_size(const int *values) { (void)values; return sizeof(struct state); }
static unsigned two(const int *values) { (void)values; return 2; }
static void setup(void *state, const int *values) { (void)state; (void)values; }

static _Atomic uint32_t *block(void) { return ecs_explore_alloc(sizeof(uint32_t)); }

static void use_after_free(void *state, unsigned t)
{
    struct state *s = state;
    if (t == 0) {
        _Atomic uint32_t *p = block();
        ecs_store_relaxed(p, 1);
        ecs_store_release(&s->shared, (uint32_t *)p);
        ecs_explore_free(p);
    } else {
        uint32_t *p = ecs_load_acquire(&s->shared);
        if (p)
            (void)ecs_load_relaxed((_Atomic uint32_t *)p);
    }
}

static void double_free(void *state, unsigned t)
{
    struct state *s = state;
    (void)t;
    uint32_t *mine = ecs_explore_alloc(4);
    uint32_t *before = ecs_exchange_acq_rel(&s->shared, mine);
    ecs_explore_free(before ? before : mine);
    if (before)
        ecs_explore_free(before);
}

static void leak(void *state, unsigned t)
{
    struct state *s = state;
    if (t == 0 && !ecs_load_relaxed(&s->flag))
        block();
    if (t == 1)
        ecs_store_relaxed(&s->flag, 1);
}

static void uninitialised(void *state, unsigned t)
{
    (void)state;
    _Atomic uint32_t *p = block();
    if (t == 0)
        ecs_store_relaxed(p, 1);
    (void)ecs_load_relaxed(p);
    ecs_explore_free(p);
}

static void deadlock(void *state, unsigned t)
{
    struct state *s = state;
    _Atomic uint32_t *mine = t == 0 ? &s->flag : &s->other, *its = t == 0 ? &s->other : &s->flag;
    ECS_WAIT(its, ecs_load_acquire(its) != 0);
    ecs_store_release(mine, 1);
}

static void hand_over(void *state, unsigned t)
{
    struct state *s = state;
    if (t == 0)
        ecs_store_release(&s->flag, 1);
    else
        ECS_WAIT(&s->flag, ecs_load_acquire(&s->flag) != 0);
}

static void assertion(void *state, unsigned t)
{
    struct state *s = state;
    if (t == 0)
        ecs_store_relaxed(&s->flag, 1);
    else
        ecs_explore_assert(ecs_load_relaxed(&s->flag) == 0);
}

static void stray(void *state, unsigned t)
{
    static _Atomic uint32_t outside;
    (void)state;
    if (t == 0)
        ecs_store_relaxed(&outside, 1);
}

static void never_ends(void *state, unsigned t)
{
    struct state *s = state;
    if (t == 0)
        while (!ecs_load_relaxed(&s->flag))
            ;
}

static uint64_t deeper(volatile uint64_t n)
{
    volatile char room[512];
    room[n % 512] = 1;
    return n == 0 ? 0 : deeper(n - 1) + (uint64_t)room[n % 512];
}

static void recursion(void *state, unsigned t)
{
    struct state *s = state;
    if (t == 0)
        ecs_store_relaxed(&s->flag, 1);
    else if (ecs_load_relaxed(&s->flag))
        ecs_store_relaxed(&s->other, (uint32_t)deeper(100000));
}

static void null_pointer(void *state, unsigned t)
{
    struct state *s = state;
    if (t == 0)
        ecs_store_relaxed(&s->flag, 1);
    else if (ecs_load_relaxed(&s->flag))
        *(volatile int *)(uintptr_t)ecs_load_relaxed(&s->shared) = 1;
}

static const struct {
    const char *name;
    void (*body)(void *state, unsigned t);
    enum ecs_finding finding;
    const char *says;
} findings[] = {
    {"use after free", use_after_free, ECS_FINDING_FREED, "freed"},
    {"double free", double_free, ECS_FINDING_DOUBLE_FREE, "second time"},
    {"leak", leak, ECS_FINDING_LEAK, "never freed"},
    {"uninitialised", uninitialised, ECS_FINDING_UNINITIALISED, "before it is written"},
    {"deadlock", deadlock, ECS_FINDING_DEADLOCK, "thread 1 waits for"},
    {"assertion", assertion, ECS_FINDING_ASSERTION, "ecs_load_relaxed(&s->flag) == 0"},
    {"stray", stray, ECS_FINDING_STRAY, "&outside"},
    {"recursion", recursion, ECS_FINDING_CRASH, "recursion deeper than the fiber stack"},
    {"null pointer", null_pointer, ECS_FINDING_CRASH, "thread 1"},
    {"hand over", hand_over, ECS_FINDING_NONE, ""},
    {"never ends", never_ends, ECS_FINDING_NONE, ""},
};

static bool faults(int i)
{
    return findings[i].finding == ECS_FINDING_CRASH;
}

START_TEST(finds)
{
    struct ecs_program p = {.name = findings[_i].name, .state_size = state_size, .threads = two,
                            .setup = setup, .body = findings[_i].body};
    for (int model = 0; model < 3; model++) {
        struct ecs_search_options o = {.program = &p, .bound = -1, .model = (enum ecs_model)model};
        if (faults(_i))
            ck_assert_int_eq(ecs_crash_catch(), 0);
        ck_assert_int_eq(ecs_search(&o, &r), 0);
        ck_assert_msg(r.finding == findings[_i].finding, "%s, %s: %s: %s", p.name,
                      ecs_model_names[model], ecs_finding_name(r.finding), r.what);
        ck_assert_msg(strstr(r.what, findings[_i].says), "%s: %s", p.name, r.what);
        if (findings[_i].body == never_ends)
            ck_assert(r.verdict == ECS_VERDICT_UNFINISHED && r.why[0] && !r.exhaustive);
        ecs_engine_close();
    }
}
END_TEST

/* ---- linearizability ------------------------------------------------------------------------- */

static bool queue_apply(void *spec, const struct ecs_history_op *op)
{
    uint32_t *q = spec; /* how many, then the values; kind 0 puts, kind 1 takes */
    if (op->kind == 0) {
        q[++q[0]] = (uint32_t)op->argument;
        return true;
    }
    if (q[0] == 0)
        return op->result == 0;
    bool right = op->result == q[1];
    memmove(q + 1, q + 2, 4 * sizeof *q);
    q[0]--;
    return right;
}

START_TEST(linearizability)
{
    uint32_t empty[8] = {0};
    struct ecs_history h = {.op = {{true, 0, 0, 1, 0}, {true, 1, 0, 2, 0}, {true, 3, 1, 0, 1}}};
    ck_assert(ecs_history_linearizable(&h, empty, sizeof empty, queue_apply));
    h.op[2].result = 2; /* 1 was put in first, and before 2 was */
    ck_assert(!ecs_history_linearizable(&h, empty, sizeof empty, queue_apply));
    h.op[1].before = 0; /* at the same time: either may be first */
    ck_assert(ecs_history_linearizable(&h, empty, sizeof empty, queue_apply));
    h.op[2].result = 0; /* both had ended */
    ck_assert(!ecs_history_linearizable(&h, empty, sizeof empty, queue_apply));
}
END_TEST

/* ---- schedules ------------------------------------------------------------------------------- */

static const struct { const char *text, *says; } bad[] = {
    {"0*2 1", "which program"}, {"aba/plain/sc: 0*2 x", "\"x\""}, {"aba/plain/sc: 0*0", "\"0*0\""},
    {"aba/plain/sc: 0*5000", "more than"}, {"aba/plain/sc: 12345678901234567890123", "no move"},
};

START_TEST(bad_schedule)
{
    struct ecs_error e = {0};
    struct ecs_choice path[100];
    char head[60];
    size_t n;
    ck_assert_int_lt(ecs_schedule_parse(bad[_i].text, head, sizeof head, path, 100, &n, &e), 0);
    ck_assert_msg(strstr(e.what, bad[_i].says), "%s: %s", bad[_i].text, e.what);
}
END_TEST

START_TEST(bad_head)
{
    static const char *const heads[] = {"abba/plain/sc", "aba/plein/sc", "aba/plain/xc", "aba",
                                        "aba/plain,threads=9/sc", "aba/plain,thread=2/sc",
                                        "aba/a/b/c"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct ecs_search_options o = {0};
        struct ecs_error e = {0};
        ck_assert_int_lt(ecs_explore_read_head(heads[i], &o, &e), 0);
        ck_assert(e.what[0] != '\0');
    }
}
END_TEST

START_TEST(schedule_that_does_not_fit)
{
    struct ecs_search_options o;
    struct ecs_choice path[] = {{0, ECS_MOVE_STEP, 0}, {1, ECS_MOVE_FLUSH, 0}};
    read_head("aba/plain/tso", &o);
    ck_assert_int_eq(ecs_engine_open(o.program, o.values, o.model, NULL), 0);
    ck_assert_uint_eq(ecs_search_replay(path, 2, steps), 1);
    ck_assert_int_eq(ecs_engine.finding, ECS_FINDING_NONE);
    ecs_engine_close();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("findings");
    TCase *c = tcase_create("findings");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, mutant_is_killed, 0, sizeof killed / sizeof *killed);
    tcase_add_loop_test(c, whole_source_is_clean, 0, sizeof clean / sizeof *clean);
    tcase_add_test(c, spurious_failures);
    int n = (int)(sizeof findings / sizeof *findings);
#ifdef __SANITIZE_ADDRESS__ /* which has its own ideas of what a fault is */
    tcase_add_loop_test(c, finds, 0, 7);
    tcase_add_loop_test(c, finds, 9, n);
#else
    tcase_add_loop_test(c, finds, 0, n);
#endif
    tcase_add_test(c, linearizability);
    tcase_add_loop_test(c, bad_schedule, 0, sizeof bad / sizeof *bad);
    tcase_add_test(c, bad_head);
    tcase_add_test(c, schedule_that_does_not_fit);
    suite_add_tcase(s, c);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
