/* The exact set of outcomes that each model allows for the classic litmus tests, found by every
 * reduction. Outcomes are the registers, thread by thread. Sources: S. Owens, S. Sarkar, P. Sewell,
 * "A better x86 memory model: x86-TSO", TPHOLs 2009; O. Lahav et al., "Repairing sequential
 * consistency in C/C++11", PLDI 2017. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiny.h"

#define SB(store, order, load) {.threads = 2, .code = { \
    {{ST, store, 0, 1}, {FENCE, order, 0, 0}, {LD, load, 1, 0}}, \
    {{ST, store, 1, 1}, {FENCE, order, 0, 0}, {LD, load, 0, 0}}}}
#define MP(before, store, load, after) {.threads = 2, .code = { \
    {{ST, RLX, 0, 1}, {FENCE, before, 0, 0}, {ST, store, 1, 1}}, \
    {{LD, load, 1, 0}, {FENCE, after, 0, 0}, {LD, RLX, 0, 0}}}}
#define IRIW(store, load) {.threads = 4, .code = {{{ST, store, 0, 1}}, {{ST, store, 1, 1}}, \
    {{LD, load, 0, 0}, {LD, load, 1, 0}}, {{LD, load, 1, 0}, {LD, load, 0, 0}}}}
#define IRIW_BUT_ONE "0000 0001 0010 0011 0100 0101 0110 0111 1000 1001 1011 1100 1101 1110 1111"

static const struct {
    const char *name;
    struct tiny_program program;
    const char *allowed[3]; /* sc, tso, ra */
} litmus[] = {
    {"store buffering", {.threads = 2, .code = {{{ST, RLX, 0, 1}, {LD, RLX, 1, 0}},
                                                {{ST, RLX, 1, 1}, {LD, RLX, 0, 0}}}},
     {"01 10 11", "00 01 10 11", "00 01 10 11"}},
    {"store buffering, release/acquire", {.threads = 2, .code = {
        {{ST, REL, 0, 1}, {LD, ACQ, 1, 0}}, {{ST, REL, 1, 1}, {LD, ACQ, 0, 0}}}},
     {"01 10 11", "00 01 10 11", "00 01 10 11"}},
    {"store buffering, seq_cst", {.threads = 2, .code = {
        {{ST, SC, 0, 1}, {LD, SC, 1, 0}}, {{ST, SC, 1, 1}, {LD, SC, 0, 0}}}},
     {"01 10 11", "01 10 11", "01 10 11"}},
    {"store buffering, fences", SB(RLX, SC, RLX), {"01 10 11", "01 10 11", "01 10 11"}},
    {"store buffering, weak fences", SB(RLX, REL, RLX),
     {"01 10 11", "00 01 10 11", "00 01 10 11"}},
    {"message passing", {.threads = 2, .code = {{{ST, RLX, 0, 1}, {ST, RLX, 1, 1}},
                                                {{LD, RLX, 1, 0}, {LD, RLX, 0, 0}}}},
     {"00 01 11", "00 01 11", "00 01 10 11"}},
    {"message passing, release/acquire", {.threads = 2, .code = {
        {{ST, RLX, 0, 1}, {ST, REL, 1, 1}}, {{LD, ACQ, 1, 0}, {LD, RLX, 0, 0}}}},
     {"00 01 11", "00 01 11", "00 01 11"}},
    {"message passing, fences", MP(REL, RLX, RLX, ACQ), {"00 01 11", "00 01 11", "00 01 11"}},
    {"message passing, no acquire", MP(REL, RLX, RLX, REL),
     {"00 01 11", "00 01 11", "00 01 10 11"}},
    {"load buffering", {.threads = 2, .code = {{{LD, RLX, 0, 0}, {ST, RLX, 1, 1}},
                                               {{LD, RLX, 1, 0}, {ST, RLX, 0, 1}}}},
     {"00 01 10", "00 01 10", "00 01 10"}},
    {"independent reads", IRIW(REL, ACQ), {IRIW_BUT_ONE, IRIW_BUT_ONE, IRIW_BUT_ONE " 1010"}},
    {"independent reads, seq_cst", IRIW(SC, SC), {IRIW_BUT_ONE, IRIW_BUT_ONE, IRIW_BUT_ONE}},
    {"independent reads, seq_cst loads", IRIW(RLX, SC), {IRIW_BUT_ONE, IRIW_BUT_ONE, IRIW_BUT_ONE}},
    {"read-read coherence", {.threads = 2, .code = {{{ST, RLX, 0, 1}},
                                                    {{LD, RLX, 0, 0}, {LD, RLX, 0, 0}}}},
     {"00 01 11", "00 01 11", "00 01 11"}},
    {"atomic additions", {.threads = 2, .code = {{{ADD, RLX, 0, 1}}, {{ADD, RLX, 0, 1}}}},
     {"01 10", "01 10", "01 10"}},
    {"release sequence", {.threads = 3, .code = {
        {{ST, RLX, 0, 1}, {ST, REL, 1, 1}}, {{ADD, RLX, 1, 1}},
        {{LD, ACQ, 1, 0}, {LD, RLX, 0, 0}}}},
     {"000 001 010 011 100 101 111 121", "000 001 010 011 100 101 111 121",
      "000 001 010 011 100 101 111 121"}},
    {"causality", {.threads = 3, .code = {
        {{ST, RLX, 0, 1}}, {{LD, ACQ, 0, 0}, {ST, REL, 1, 1}}, {{LD, ACQ, 1, 0}, {LD, RLX, 0, 0}}}},
     {"000 001 010 011 100 101 111", "000 001 010 011 100 101 111",
      "000 001 010 011 100 101 111"}},
};

static struct ecs_search_result r;

static bool among(const char *words, uint64_t final)
{
    char word[16];
    int n;
    for (; sscanf(words, "%15s%n", word, &n) == 1; words += n) {
        if (tiny_final(word) == final)
            return true;
    }
    return false;
}

static size_t count(const char *words)
{
    size_t n = 1;
    for (; *words; words++)
        n += *words == ' ';
    return n;
}

START_TEST(outcomes)
{
    for (int model = 0; model < 3; model++) {
        for (int how = 0; how < 4; how++) {
            struct ecs_search_options o = {.program = tiny(&litmus[_i].program), .bound = -1,
                                           .model = (enum ecs_model)model, .all = true,
                                           .reduction = (enum ecs_reduction)how};
            ck_assert_int_eq(ecs_search(&o, &r), 0);
            const char *allowed = litmus[_i].allowed[model];
            ck_assert_msg(r.exhaustive, "%s, %s, %s: %s", litmus[_i].name, ecs_model_names[model],
                          ecs_reduction_names[how], r.why);
            for (size_t i = 0; i < r.n_finals; i++)
                ck_assert_msg(among(allowed, r.finals[i]), "%s, %s, %s: an outcome too many",
                              litmus[_i].name, ecs_model_names[model], ecs_reduction_names[how]);
            ck_assert_msg(r.n_finals == count(allowed), "%s, %s, %s: %zu outcomes",
                          litmus[_i].name, ecs_model_names[model], ecs_reduction_names[how],
                          r.n_finals);
            free(r.finals);
            ecs_engine_close();
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("litmus");
    TCase *c = tcase_create("outcomes");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, outcomes, 0, sizeof litmus / sizeof *litmus);
    suite_add_tcase(s, c);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
