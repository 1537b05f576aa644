#include "screens.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the way through the lesson of false sharing ------------------------------------------- */

static void lesson(struct stage *st) { stage_lesson(st, "false-sharing"); }

static void chosen(struct stage *st, int choice)
{
    lesson(st);
    stage_act(st, ECS_ACT_CHOOSE, choice, 0);
}

static void predicted(struct stage *st, int choice)
{
    chosen(st, choice);
    stage_act(st, ECS_ACT_CONFIDENCE, 2, 0);
}

static void observing(struct stage *st, int choice, double seconds)
{
    predicted(st, choice);
    stage_act(st, ECS_ACT_NEXT, 0, 0);
    stage_run(st, seconds);
}

/* 8, 16, 32, 64, 128 bytes: the curve jumps at 64. */
static void padded(struct stage *st, int choice)
{
    observing(st, choice, 9);
    for (int i = 0; i < 4; i++) {
        stage_act(st, ECS_ACT_TOGGLE, 0, 0);
        stage_run(st, i < 2 ? 1.5 : 5);
    }
}

static void padded_once(struct stage *st)
{
    observing(st, 0, 12);
    stage_act(st, ECS_ACT_TOGGLE, 0, 0);
    stage_run(st, 0.3);
}

static void ask_seen(struct stage *st) { padded(st, 0); }

static void seen(struct stage *st, int choice, int saw)
{
    padded(st, choice);
    stage_act(st, ECS_ACT_CHOOSE, saw, 0);
}

static void seen_wrong_guess(struct stage *st) { seen(st, 0, 1); }
static void seen_right_guess(struct stage *st) { seen(st, 1, 1); }

static void asked(struct stage *st)
{
    seen(st, 0, 1);
    stage_act(st, ECS_ACT_NEXT, 0, 0);
    stage_act(st, ECS_ACT_TOGGLE, 0, 0);
    stage_run(st, 4);
    stage_act(st, ECS_ACT_TOGGLE, 1, 0);
    stage_run(st, 5);
}

static void asked_wrong(struct stage *st)
{
    asked(st);
    stage_act(st, ECS_ACT_CHOOSE, 1, 0);
    stage_act(st, ECS_ACT_HINT, 0, 0);
    st->ui.choice = 1;
}

static void measuring_after(struct stage *st, double seconds)
{
    asked(st);
    stage_act(st, ECS_ACT_CHOOSE, 0, 0);
    stage_act(st, ECS_ACT_NEXT, 0, 0);
    stage_run(st, seconds);
}

static void measuring(struct stage *st) { measuring_after(st, 4); }

static void measuring_paused(struct stage *st)
{
    measuring_after(st, 4);
    stage_pause(st, true);
}

static void verdict_pass(struct stage *st) { measuring_after(st, 14); }
static void verdict_weak(struct stage *st)
{
    st->effect = 0.1;
    measuring_after(st, 14);
}
static void verdict_else(struct stage *st)
{
    st->effect = 0.005;
    measuring_after(st, 14);
}
static void verdict_noisy(struct stage *st)
{
    measuring_after(st, 1);
    st->dirty = true;
    stage_run(st, 60);
}

static void number(struct stage *st)
{
    verdict_pass(st);
    snprintf(st->ui.number, sizeof st->ui.number, "6");
}

static void number_wrong(struct stage *st)
{
    verdict_pass(st);
    stage_act(st, ECS_ACT_NUMBER, 0, 6);
    stage_act(st, ECS_ACT_HINT, 0, 0);
}

static void task(struct stage *st)
{
    verdict_pass(st);
    stage_act(st, ECS_ACT_NUMBER, 0, 8);
    stage_act(st, ECS_ACT_NEXT, 0, 0);
    stage_run(st, 6);
}

static void task_hints(struct stage *st)
{
    task(st);
    stage_act(st, ECS_ACT_HINT, 0, 0);
    stage_act(st, ECS_ACT_HINT, 0, 0);
    stage_act(st, ECS_ACT_REVEAL, 0, 0);
}

static void task_done(struct stage *st)
{
    task(st);
    stage_act(st, ECS_ACT_TOGGLE, 1, 0);           /* back to two cores */
    for (int i = 0; i < 3; i++)
        stage_act(st, ECS_ACT_TOGGLE, 0, 0);       /* 8 … 64 */
    stage_run(st, 6);
}

static void recap(struct stage *st)
{
    task_done(st);
    stage_act(st, ECS_ACT_NEXT, 0, 0);
}

static void noisy(struct stage *st)
{
    observing(st, 0, 14);
    st->dirty = true;
    stage_run(st, 4);
    st->dirty = false;
    stage_run(st, 3);
}

/* A machine that never falls quiet: what is worked out and what is counted is there all the same,
 * and the axis reaches to the hollow line. */
static void noisy_always(struct stage *st)
{
    predicted(st, 0);
    stage_act(st, ECS_ACT_NEXT, 0, 0);
    st->dirty = true;
    stage_run(st, 12);
    stage_act(st, ECS_ACT_TOGGLE, 0, 0);
    stage_run(st, 6);
}

static void gap(struct stage *st)
{
    observing(st, 0, 8);
    stage_gap(st, 4);
    stage_run(st, 3);
}

/* A metric that these values cannot tell. */
static void no_figures(struct stage *st)
{
    predicted(st, 0);
    stage_act(st, ECS_ACT_NEXT, 0, 0);
    stage_gap(st, 4);
}

static void paused(struct stage *st)
{
    padded(st, 1);
    stage_pause(st, true);
}

static void scrubbed(struct stage *st)
{
    seen(st, 0, 1);
    stage_scrub(st, 12);
}

static void scrubbed_far(struct stage *st)
{
    observing(st, 0, 90);
    stage_scrub(st, 70);
}

static void sweep(struct stage *st)
{
    padded(st, 0);
    st->ui.low_bandwidth = true;
}

static void blocks(struct stage *st)
{
    padded(st, 0);
    st->ui.dots = ECS_DOTS_BLOCKS;
}

static void failed(struct stage *st)
{
    predicted(st, 0);
    stage_act(st, ECS_ACT_NEXT, 0, 0);
    stage_fail(st, "a worker could not be pinned to CPU 1: the CPU is not in this process's set",
               "start it without taskset, or with more CPUs");
}

static void warned(struct stage *st)
{
    observing(st, 0, 6);
    stage_message(st, "2 threads share 1 CPU: this process may use no more",
                  "start it without taskset to use them all");
    snprintf(st->ui.toast, sizeof st->ui.toast, "recording to false-sharing-20261122-1802.ecst");
    st->ui.recording = true;
}

static void diagram_tab(struct stage *st)
{
    padded(st, 0);
    st->ui.panel = 1;
}

static void chart_tab(struct stage *st)
{
    padded(st, 0);
    st->ui.panel = 2;
}

static void text_tab(struct stage *st)
{
    verdict_pass(st);
    st->ui.panel = 3;
}

/* ---- the other lessons --------------------------------------------------------------------- */

static void start(struct stage *st, const char *id, int choice, double seconds)
{
    stage_lesson(st, id);
    stage_act(st, ECS_ACT_CHOOSE, choice, 0);
    stage_act(st, ECS_ACT_CONFIDENCE, 3, 0);
    stage_act(st, ECS_ACT_NEXT, 0, 0);
    stage_run(st, seconds);
}

static void toggled(struct stage *st, int toggle, double seconds)
{
    stage_act(st, ECS_ACT_TOGGLE, toggle, 0);
    stage_run(st, seconds);
}

static void hot_cold(struct stage *st) { start(st, "hot-cold", 0, 9); toggled(st, 0, 7); }
static void hot_cold_aos(struct stage *st) { start(st, "hot-cold", 0, 9); st->ui.panel = 1; }
static void aba(struct stage *st) { start(st, "aba", 0, 6); }
static void aba_tagged(struct stage *st) { start(st, "aba", 0, 6); toggled(st, 0, 6); }
static void aba_charts(struct stage *st) { aba(st); st->ui.panel = 2; }
static void pools(struct stage *st) { start(st, "pools", 1, 6); toggled(st, 0, 6); }
static void pools_shared(struct stage *st) { start(st, "pools", 1, 6); }
static void diagram_of_aba(struct stage *st) { aba_tagged(st); st->ui.panel = 1; }
static void diagram_of_pools(struct stage *st) { pools(st); st->ui.panel = 1; }

/* ---- pages without a lesson ---------------------------------------------------------------- */

static void picker_new(struct stage *st) { st->ui.selected = 1; }

static void picker(struct stage *st)
{
    struct ecs_answers *done = stage_answers(st, 0), *half = stage_answers(st, 1);

    done->finished = true;
    done->n = 4;
    for (size_t i = 0; i < 4; i++) {
        snprintf(done->v[i].choice, sizeof done->v[i].choice, "up");
        done->v[i].number = NAN;
        done->v[i].right = i != 2;
    }
    half->step = 2;
    half->n = 1;
    half->v[0].number = NAN;
    snprintf(half->v[0].choice, sizeof half->v[0].choice, "same");
    st->ui.selected = 1;
}

static void picker_problem(struct stage *st)
{
    picker(st);
    snprintf(st->ui.problem, sizeof st->ui.problem,
             "1 lesson left out: 10-cas.md has 3 errors (ecscope-learn lint lessons shows them)");
    snprintf(st->ui.typed, sizeof st->ui.typed, "1");
}

static void picker_empty(struct stage *st)
{
    st->ui.n_shelf = 0;
    snprintf(st->ui.problem, sizeof st->ui.problem, "the folder lessons holds no lesson");
}

static void help(struct stage *st) { picker(st); st->ui.help = true; }

static void help_in_lesson(struct stage *st)
{
    padded(st, 0);
    st->ui.help = true;
    st->ui.help_scroll = 4;
}

static void replay(struct stage *st)
{
    padded(st, 0);
    stage_replay(st, "False sharing on two sockets");
}

static void replay_damaged(struct stage *st)
{
    observing(st, 0, 10);
    stage_replay(st, "False sharing on two sockets");
    stage_message(st, "the recording breaks off at line 412: read up to there", "");
}

static void replay_scrubbed(struct stage *st)
{
    replay(st);
    stage_scrub(st, 5);
}

static void lesson_choosing(struct stage *st) { lesson(st); st->ui.choice = 1; }
static void confidence(struct stage *st) { chosen(st, 0); }
static void prediction_done(struct stage *st) { predicted(st, 0); }
static void observe(struct stage *st) { observing(st, 0, 8); }

const struct screen screens[] = {
    {"predict", lesson_choosing, "80x24 100x30 160x45 40x10 60x20"},
    {"confidence", confidence, "80x24 100x30u"},
    {"predicted", prediction_done, "80x24u"},
    {"observe", observe, "80x24 100x30u 40x10"},
    {"toggled-once", padded_once, "80x24u 100x30u"},
    {"seen-question", ask_seen, "80x24 100x30 160x45 60x20u 40x10u"},
    {"seen-wrong", seen_wrong_guess, "80x24 100x30u"},
    {"seen-right", seen_right_guess, "80x24u 160x45"},
    {"ask", asked, "80x24u 100x30u"},
    {"ask-wrong", asked_wrong, "80x24 40x10u"},
    {"measuring", measuring, "80x24 100x30u"},
    {"measuring-paused", measuring_paused, "80x24u"},
    {"verdict-pass", verdict_pass, "80x24 100x30 160x45 40x10"},
    {"verdict-weak", verdict_weak, "100x30u"},
    {"verdict-else", verdict_else, "100x30u"},
    {"verdict-noisy", verdict_noisy, "80x24 100x30u"},
    {"number", number, "100x30u"},
    {"number-wrong", number_wrong, "80x24u"},
    {"task", task, "80x24u"},
    {"task-hints", task_hints, "100x30u"},
    {"task-done", task_done, "80x24u 100x30u"},
    {"recap", recap, "80x24 100x30 160x45 40x10"},
    {"noisy", noisy, "80x24 100x30u"},
    {"noisy-always", noisy_always, "80x24u 160x45u"},
    {"gap", gap, "80x24u"},
    {"no-figures", no_figures, "80x24u"},
    {"paused", paused, "80x24u"},
    {"scrubbed", scrubbed, "80x24 100x30u"},
    {"scrubbed-far", scrubbed_far, "100x30u"},
    {"sweep", sweep, "80x24u"},
    {"blocks", blocks, "80x24u 100x30u"},
    {"failed", failed, "80x24 100x30u"},
    {"warned", warned, "80x24u"},
    {"tab-diagram", diagram_tab, "80x24"},
    {"tab-charts", chart_tab, "80x24u"},
    {"tab-text", text_tab, "80x24u"},
    {"hot-cold", hot_cold, "100x30u 160x45u"},
    {"hot-cold-record", hot_cold_aos, "80x24"},
    {"aba", aba, "100x30 160x45u"},
    {"aba-tagged", aba_tagged, "160x45"},
    {"aba-charts", aba_charts, "80x24u"},
    {"aba-diagram", diagram_of_aba, "80x24"},
    {"pools", pools, "100x30u 160x45"},
    {"pools-shared", pools_shared, "100x30u"},
    {"pools-diagram", diagram_of_pools, "80x24"},
    {"picker", picker, "80x24 100x30 160x45 40x10"},
    {"picker-new", picker_new, "80x24u"},
    {"picker-problem", picker_problem, "80x24u"},
    {"picker-empty", picker_empty, "80x24u"},
    {"help", help, "80x24 100x30u 40x10u"},
    {"help-lesson", help_in_lesson, "80x24u 160x45u"},
    {"replay", replay, "80x24 100x30 160x45u 40x10u"},
    {"replay-damaged", replay_damaged, "80x24u"},
    {"replay-scrubbed", replay_scrubbed, "80x24u"},
    {"too-small", picker, "39x24u 80x9u 12x3u 5x1u"},
};
const size_t n_screens = sizeof screens / sizeof screens[0];

int screen_draw(const struct screen *s, int w, int h, enum ecs_glyphs glyphs, struct ecs_canvas *c,
                struct ecs_hots *hots)
{
    struct stage st;
    int rc = ecs_canvas_init(c, w, h);

    if (rc)
        return rc;
    stage_open(&st);
    s->build(&st);
    st.ui.glyphs = glyphs;
    ecs_view_draw(&st.ui, c, hots);
    stage_close(&st);
    return 0;
}
