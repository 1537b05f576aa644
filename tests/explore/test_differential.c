/* The four reductions must agree: on the set of final states, and on whether any schedule ends in a
 * violation. Programs that ship, and random ones. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/explore/choice.h"
#include "tiny.h"

static struct ecs_search_result results[4];

static void compare(struct ecs_search_options o, const char *name, const bool *use)
{
    int first = -1;
    o.all = true;
    for (int how = 0; how < 4; how++) {
        if (!use[how])
            continue;
        o.reduction = (enum ecs_reduction)how;
        ck_assert_int_eq(ecs_search(&o, &results[how]), 0);
        ecs_engine_close();
        struct ecs_search_result *r = &results[how];
        ck_assert_msg(r->exhaustive, "%s by %s: %s", name, ecs_reduction_names[how], r->why);
        if (first < 0) {
            first = how;
            continue;
        }
        const struct ecs_search_result *a = &results[first];
        ck_assert_msg(a->n_finals == r->n_finals &&
                          memcmp(a->finals, r->finals, a->n_finals * sizeof *a->finals) == 0,
                      "%s: %zu final states by %s, %zu by %s", name, a->n_finals,
                      ecs_reduction_names[first], r->n_finals, ecs_reduction_names[how]);
        ck_assert_msg((a->bad > 0) == (r->bad > 0), "%s: a violation by one of %s, %s only", name,
                      ecs_reduction_names[first], ecs_reduction_names[how]);
    }
    for (int how = 0; how < 4; how++) {
        free(results[how].finals);
        results[how].finals = NULL;
    }
}

/* `few`: naive and bound would take too long; `no_tso`: dpor, too, with store buffers. */
static const struct { const char *head; bool few, no_tso; } shipped[] = {
    {"reclaim/hazard", true, false}, {"reclaim/hazard-norecheck", true, false},
    {"treiber/plain", true, false},
    {"aba/plain", false, false}, {"aba/tagged", false, false}, {"aba/tag1", false, false},
    {"aba/hazard", true, false}, {"aba/epoch", true, false}, {"aba/hazard-nofence", true, true},
    {"aba/hazard-norecheck", true, true}, {"aba/epoch-noguard", true, false},
    {"aba/plain,threads=3", true, false}, {"counter/load_store", false, false},
    {"counter/cas", false, false}, {"counter/fetch_add", false, false},
    {"counter/cas,threads=3", false, false}, {"store-buffer/relaxed", false, false},
    {"store-buffer/seq_cst", false, false}, {"store-buffer/fence", false, false},
    {"message-passing/relaxed", false, false}, {"message-passing/release", false, false},
    {"message-passing/relaxed,data=plain", false, false},
    {"message-passing/release,data=plain", false, false},
};

START_TEST(programs)
{
    for (int model = 0; model < 3; model++) {
        struct ecs_search_options o = {.bound = -1, .spurious = 0};
        struct ecs_error e;
        char head[80];
        if (model == ECS_MODEL_TSO && shipped[_i].no_tso)
            continue;
        snprintf(head, sizeof head, "%s/%s", shipped[_i].head, ecs_model_names[model]);
        ck_assert_msg(ecs_explore_read_head(head, &o, &e) == 0, "%s", e.what);
        bool few = shipped[_i].few;
        compare(o, head, (bool[]){true, true, !few, !few});
    }
}
END_TEST

static uint32_t random_state;

static unsigned dice(unsigned n)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 16) % n;
}

static struct tiny_instruction random_instruction(void)
{
    struct tiny_instruction i = {.location = dice(2), .value = 1 + dice(2)};
    static const enum tiny_op ops[] = {LD, LD, ST, ST, ST, FENCE, ADD, CAS};
    i.op = ops[dice(8)];
    static const enum tiny_order loads[] = {RLX, ACQ, SC}, stores[] = {RLX, REL, SC},
                                 fences[] = {ACQ, REL, SC};
    unsigned k = dice(3);
    i.order = i.op == LD ? loads[k] : i.op == FENCE ? fences[k] : stores[k];
    return i;
}

/* Two threads of up to three instructions, or three of up to two. */
START_TEST(random_programs)
{
    random_state = 77u + 1000u * (unsigned)_i;
    for (int n = 0; n < 25; n++) {
        struct tiny_program p = {.threads = 2 + dice(2), .memory = true};
        for (unsigned t = 0; t < p.threads; t++) {
            unsigned length = 1 + dice(p.threads == 2 ? 3 : 2);
            for (unsigned i = 0; i < length; i++)
                p.code[t][i] = random_instruction();
        }
        for (int model = 0; model < 3; model++) {
            struct ecs_search_options o = {.program = tiny(&p), .bound = -1,
                                           .model = (enum ecs_model)model};
            compare(o, "a random program", (bool[]){true, true, true, true});
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("reductions");
    TCase *c = tcase_create("agree");
    tcase_set_timeout(c, 100);
    tcase_add_loop_test(c, programs, 0, sizeof shipped / sizeof *shipped);
    tcase_add_loop_test(c, random_programs, 0, 8);
    suite_add_tcase(s, c);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
