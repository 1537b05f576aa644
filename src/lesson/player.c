#include "lesson/player.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/player_state.h"

/* ---- commands ------------------------------------------------------------------------------- */

static void push_start(struct ecs_player *p, const struct ecs_block *b, const struct ecs_values *v)
{
    p->do_stop = p->do_set = false;
    p->do_start = true;
    p->start_values = *v;
    p->running = b;
    p->failed = NULL;
    p->have_force = false;
    p->force_clean = 0;
}

static void push_stop(struct ecs_player *p)
{
    p->do_start = p->do_set = false;
    p->do_stop = true;
    p->running = NULL;
    p->failed = NULL;
    p->have_force = false;
}

void ecs_play_run(struct ecs_player *p, const struct ecs_block *block,
                  const struct ecs_values *values)
{
    const struct ecs_scenario *s = block->scenario.scenario;
    if (!p->running || p->running->scenario.scenario != s) {
        p->wanted = *values;
        push_start(p, block, values);
        return;
    }
    p->running = block;
    p->do_set |= !ecs_store_same(s, &p->wanted, values);
    p->wanted = *values;
}

bool ecs_player_command(struct ecs_player *p, struct ecs_command *out)
{
    const struct ecs_scenario_block *s = p->running ? &p->running->scenario : NULL;
    *out = (struct ecs_command){.kind = ECS_COMMAND_NONE};
    if (p->do_stop) {
        p->do_stop = false;
        out->kind = ECS_COMMAND_STOP;
    } else if (p->do_start) {
        p->do_start = false;
        *out = (struct ecs_command){ECS_COMMAND_START, s, p->start_values};
    } else if (p->do_set) {
        p->do_set = false;
        *out = (struct ecs_command){ECS_COMMAND_SET, s, p->wanted};
    } else if (p->do_save) {
        p->do_save = false;
        out->kind = ECS_COMMAND_SAVE;
    }
    return out->kind != ECS_COMMAND_NONE;
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* Begins what the step has come to, until it waits for the learner or the run. */
static void settle(struct ecs_player *p)
{
    struct ecs_gate g = ecs_play_gate(p);
    while (g.wait == ECS_WAIT_MEASURE && !p->m.active) {
        ecs_play_measure(p, g.spot);
        g = ecs_play_gate(p);
    }
    if (g.wait == ECS_WAIT_TASK && !p->spot[g.spot].fetched && ecs_play_task_wants(p, g.spot)) {
        p->spot[g.spot].fetched = true;
        ecs_play_measure(p, g.spot);
    }
}

/* A verdict that could not be had is tried for again when the learner comes back. */
static void forget_failed_verdicts(struct ecs_player *p)
{
    for (size_t i = p->first[p->step]; p->step < p->lesson->n && i < p->first[p->step + 1]; i++) {
        struct ecs_answer *k = &p->spot[i].kept;
        bool failed = !strcmp(k->band, "noisy") || !strcmp(k->band, "unknown");
        if (p->spot[i].block->kind == ECS_BLOCK_EXPECT && failed && !k->skipped)
            k->done = false;
    }
}

static void enter_scenario(struct ecs_player *p, long spot)
{
    const struct ecs_spot *s = &p->spot[spot];
    bool again = p->failed == s->block && s->step == p->step;
    if (p->running == s->block && !again)
        return;
    p->own = p->wanted = s->block->scenario.values;
    p->toggled = p->seen_enough = false;
    p->toggled_clean = p->toggled_settled = 0;
    push_start(p, s->block, &p->own);
}

static void enter_step(struct ecs_player *p, size_t step)
{
    ecs_play_measure_abort(p);
    p->step = step;
    p->answers->step = step;
    p->answers->finished |= step == p->lesson->n;
    forget_failed_verdicts(p);
    long spot = ecs_play_scenario_spot(p, step);
    if (spot >= 0)
        enter_scenario(p, spot);
    else if (p->running)
        push_stop(p);
    settle(p);
}

int ecs_player_new(const struct ecs_lesson *lesson, const struct ecs_calibration *calib,
                   struct ecs_answers *answers, struct ecs_player **out)
{
    *out = NULL;
    struct ecs_player *p = calloc(1, sizeof *p);
    if (!p)
        return -ENOMEM;
    p->lesson = lesson;
    p->answers = answers;
    p->calib = calib ? *calib : (struct ecs_calibration){NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (ecs_play_lay_out(p)) {
        ecs_player_free(p);
        return -ENOMEM;
    }
    ecs_play_restore(p);
    enter_step(p, p->step);
    *out = p;
    return 0;
}

void ecs_player_free(struct ecs_player *p)
{
    if (!p)
        return;
    ecs_store_free(&p->store);
    free(p->m.sides);
    free(p->m.window);
    for (size_t i = 0; i < ECS_MAX_MEASURED; i++)
        free(p->measured[i]);
    free(p->spot);
    free(p->first);
    free(p);
}

void ecs_player_calibrate(struct ecs_player *p, const struct ecs_calibration *calib)
{
    p->calib = *calib;
}

const struct ecs_values *ecs_player_values(const struct ecs_player *p)
{
    return &p->wanted;
}

/* ---- what the run says ---------------------------------------------------------------------- */

static void watch_toggled(struct ecs_player *p, const struct ecs_snapshot *snap)
{
    const struct ecs_scenario_block *b = &p->running->scenario;
    if (!p->toggled || p->seen_enough)
        return;
    bool clean = !(snap->flags & ECS_SNAP_DIRTY);
    p->toggled_settled++;
    p->toggled_clean += clean && ecs_store_same(b->scenario, &snap->values, &p->wanted);
    struct ecs_ab_sets sets = ecs_play_ab_sets(p);
    bool both = sets.a && sets.b && sets.a->clean >= ECS_CLEAN_ENOUGH &&
        sets.b->clean >= ECS_CLEAN_ENOUGH;
    /* On a machine that never falls quiet the learner is asked all the same. */
    p->seen_enough = both || p->toggled_clean >= ECS_CLEAN_ENOUGH ||
                     p->toggled_settled >= ECS_SETTLED_ENOUGH;
}

static void check_task(struct ecs_player *p)
{
    struct ecs_gate g = ecs_play_gate(p);
    if (g.wait != ECS_WAIT_TASK || p->force_clean < ECS_CLEAN_ENOUGH)
        return;
    struct ecs_spot *s = &p->spot[g.spot];
    if (!s->block->task.check)
        return;
    struct ecs_scope scope = {p, p->running};
    struct ecs_environment env = ecs_play_environment(&scope);
    double value = 0;
    if (ecs_expression_eval(s->block->task.check, &env, &value, NULL, NULL, NULL) || !(value != 0))
        return;
    s->kept.done = true;
    s->kept.right = !s->kept.revealed;
    ecs_play_keep(p, s);
}

static bool same_force(const struct ecs_player *p, const struct ecs_snapshot *snap)
{
    return p->have_force && ecs_store_same(p->running->scenario.scenario, &p->force,
                                           &snap->values);
}

void ecs_player_feed(struct ecs_player *p, const struct ecs_snapshot *snap)
{
    /* Windows that come before a start was carried out belong to the run before it. */
    if (!p->running || p->failed || p->do_start)
        return;
    if (!same_force(p, snap) || snap->flags & ECS_SNAP_CHANGED)
        p->force_clean = 0;
    p->have_force = true;
    p->force = snap->values;
    if (!(snap->flags & (ECS_SNAP_SETTLING | ECS_SNAP_CHANGED))) {
        p->force_clean += !(snap->flags & ECS_SNAP_DIRTY);
        ecs_store_add(&p->store, p->running->scenario.scenario, snap);
        watch_toggled(p, snap);
    }
    ecs_play_measure_feed(p, snap);
    check_task(p);
    settle(p);
}

void ecs_player_run_failed(struct ecs_player *p, const struct ecs_error *e)
{
    if (!p->running || p->failed)
        return;
    ecs_error_text(e, p->failure, sizeof p->failure);
    if (!*p->failure)
        snprintf(p->failure, sizeof p->failure, "the run has ended");
    bool measuring = p->m.active;
    size_t spot = p->m.spot;
    const struct ecs_block *block = p->running;
    ecs_play_measure_abort(p);
    /* A side of a measurement that runs another scenario: the one in force starts again. */
    if (p->running == block && !p->do_start)
        p->failed = block;
    if (measuring && p->spot[spot].block->kind == ECS_BLOCK_EXPECT)
        ecs_play_unknown(p, &p->spot[spot], p->failure);
    p->do_set = false;
    settle(p);
}

/* ---- what the learner does ------------------------------------------------------------------ */

static void keep_id(char out[32], const char *id)
{
    snprintf(out, 32, "%.31s", id);
}

static int choose(struct ecs_player *p, struct ecs_gate g, int arg)
{
    struct ecs_spot *s = &p->spot[g.spot];
    if (g.wait == ECS_WAIT_SEEN)
        s = &p->spot[ecs_play_prediction_spot(p, g.spot, g.spot)];
    else if (g.wait != ECS_WAIT_CHOICE)
        return -EAGAIN;
    const struct ecs_choice *choice;
    size_t n;
    if (!ecs_play_asked(s->block, &choice, &n) || arg < 0 || (size_t)arg >= n)
        return -EINVAL;
    if (g.wait == ECS_WAIT_SEEN) {
        keep_id(s->kept.seen, choice[arg].id);
    } else if (s->block->kind == ECS_BLOCK_PREDICT) {
        keep_id(s->kept.choice, choice[arg].id);
        s->kept.right = choice[arg].right;
        s->kept.done = !s->block->predict.confidence;
    } else {
        if (!*s->kept.choice) {
            keep_id(s->kept.choice, choice[arg].id);
            s->kept.right = choice[arg].right;
        }
        s->tried = arg;
        s->kept.done = choice[arg].right;
    }
    ecs_play_keep(p, s);
    return 0;
}

static int confidence(struct ecs_player *p, struct ecs_gate g, int arg)
{
    if (g.wait != ECS_WAIT_CONFIDENCE)
        return -EAGAIN;
    if (arg < 1 || arg > 3)
        return -EINVAL;
    struct ecs_spot *s = &p->spot[g.spot];
    s->kept.confidence = arg;
    s->kept.done = true;
    ecs_play_keep(p, s);
    return 0;
}

static int number(struct ecs_player *p, struct ecs_gate g, double value)
{
    if (g.wait != ECS_WAIT_NUMBER)
        return -EAGAIN;
    if (!isfinite(value))
        return -EINVAL;
    struct ecs_spot *s = &p->spot[g.spot];
    const struct ecs_ask *ask = &s->block->ask;
    struct ecs_scope scope = {p, p->running};
    struct ecs_environment env = ecs_play_environment(&scope);
    double answer = NAN;
    if (ask->answer && ecs_expression_eval(ask->answer, &env, &answer, NULL, NULL, NULL))
        answer = NAN;
    bool known = isfinite(answer);
    double slack = fabs(answer) * ask->tolerance;
    bool right = known && fabs(value - answer) <= (answer == 0 ? ask->tolerance : slack);
    if (isnan(s->kept.number)) {
        s->kept.number = value;
        s->kept.right = right;
    }
    s->tried_number = value;
    /* A fact that this machine does not tell cannot be asked for twice. */
    s->kept.done = right || !known;
    ecs_play_keep(p, s);
    return 0;
}

static int skip(struct ecs_player *p, struct ecs_gate g)
{
    struct ecs_spot *s = &p->spot[g.spot];
    long guess;
    switch (g.wait) {
    case ECS_WAIT_NOTHING:
        return -EAGAIN;
    case ECS_WAIT_TOGGLE:
    case ECS_WAIT_SEEN:
        guess = ecs_play_prediction_spot(p, g.spot, g.spot);
        if (guess >= 0 && !*p->spot[guess].kept.seen) {
            keep_id(p->spot[guess].kept.seen, "skip");
            ecs_play_keep(p, &p->spot[guess]);
        }
        s->kept.skipped |= g.wait == ECS_WAIT_TOGGLE && !p->toggled;
        break;
    case ECS_WAIT_MEASURE:
        ecs_play_measure_abort(p);
        if (s->block->kind == ECS_BLOCK_DO)
            return 0;              /* the task itself comes next */
        ecs_play_unknown(p, s, "the measurement was skipped");
        s->kept.skipped = true;
        break;
    default:
        s->kept.skipped = true;
        if (!*s->kept.choice && isnan(s->kept.number) && s->block->kind != ECS_BLOCK_DO)
            keep_id(s->kept.choice, "skip");
    }
    s->kept.done = true;
    ecs_play_keep(p, s);
    return 0;
}

static int hint(struct ecs_player *p, struct ecs_gate g)
{
    struct ecs_spot *s = &p->spot[g.spot];
    if (g.wait == ECS_WAIT_NOTHING)
        return -EAGAIN;
    size_t n = s->block->kind == ECS_BLOCK_ASK ? s->block->ask.n_hints
             : s->block->kind == ECS_BLOCK_DO  ? s->block->task.n_hints : 0;
    if (s->kept.hints >= n)
        return -EAGAIN;
    s->kept.hints++;
    ecs_play_keep(p, s);
    return 0;
}

static int reveal(struct ecs_player *p, struct ecs_gate g)
{
    if (g.wait != ECS_WAIT_TASK || !p->spot[g.spot].block->task.reveal)
        return -EAGAIN;
    p->spot[g.spot].kept.revealed = true;
    ecs_play_keep(p, &p->spot[g.spot]);
    return 0;
}

/* The next listed value that goes with the others; -1 if there is none. */
static int next_value(const struct ecs_player *p, const struct ecs_toggle *t, struct ecs_values *v)
{
    size_t at = t->n - 1;      /* a value that is not listed goes to the first */
    for (size_t i = 0; i < t->n; i++)
        if (t->value[i] == p->own.v[t->param])
            at = i;
    for (size_t k = 1; k <= t->n; k++) {
        *v = p->own;
        v->v[t->param] = t->value[(at + k) % t->n];
        if (v->v[t->param] != p->own.v[t->param] &&
            !ecs_values_check(p->running->scenario.scenario, v, NULL))
            return 0;
    }
    return -1;
}

/* "p=64 p=128 a=same-core": what was tried, once each, as far as there is room. */
static void note_toggle(struct ecs_spot *s, const struct ecs_toggle *t, int64_t value)
{
    char text[64], word[80];
    const struct ecs_param *param = &s->block->scenario.scenario->params[t->param];
    snprintf(word, sizeof word, "%c=%s", t->key, ecs_value_text(param, value, text, sizeof text));
    char *have = s->kept.toggles;
    size_t n = strlen(have), w = strlen(word);
    for (const char *at = have; (at = strstr(at, word)); at += w)
        if ((at == have || at[-1] == ' ') && (at[w] == ' ' || !at[w]))
            return;
    if (n + w + 2 <= sizeof s->kept.toggles)
        snprintf(have + n, sizeof s->kept.toggles - n, "%s%s", n ? " " : "", word);
}

static int toggle(struct ecs_player *p, int arg)
{
    long spot = ecs_play_scenario_spot(p, p->step);
    if (spot < 0 || p->failed || p->m.active || !ecs_player_chart_open(p))
        return -EAGAIN;
    struct ecs_spot *s = &p->spot[spot];
    const struct ecs_scenario_block *b = &s->block->scenario;
    if (arg < 0 || (size_t)arg >= b->n_toggles || !b->toggle[arg].n)
        return -EINVAL;
    struct ecs_values v;
    if (next_value(p, &b->toggle[arg], &v))
        return -EINVAL;
    p->own = v;
    p->toggled = true;
    p->toggled_clean = 0;
    s->kept.done = true;
    s->kept.skipped = false;
    note_toggle(s, &b->toggle[arg], v.v[b->toggle[arg].param]);
    ecs_play_run(p, s->block, &v);
    ecs_play_keep(p, s);
    return 0;
}

static int again(struct ecs_player *p)
{
    if (p->m.active || p->step >= p->lesson->n)
        return -EAGAIN;
    size_t end = p->first[p->step] + ecs_player_visible(p);
    for (size_t i = end; i-- > p->first[p->step];) {
        struct ecs_answer *k = &p->spot[i].kept;
        if (p->spot[i].block->kind != ECS_BLOCK_EXPECT || !k->done)
            continue;
        k->done = k->skipped = false;
        return 0;
    }
    return -EAGAIN;
}

static int move(struct ecs_player *p, struct ecs_gate g, bool back)
{
    if (back ? p->step == 0 : g.wait != ECS_WAIT_NOTHING || p->step >= p->lesson->n)
        return -EAGAIN;
    enter_step(p, back ? p->step - 1 : p->step + 1);
    p->do_save = true;
    return 0;
}

static int act(struct ecs_player *p, enum ecs_player_action action, int arg, double value)
{
    struct ecs_gate g = ecs_play_gate(p);
    switch (action) {
    case ECS_ACT_CHOOSE:     return choose(p, g, arg);
    case ECS_ACT_CONFIDENCE: return confidence(p, g, arg);
    case ECS_ACT_NUMBER:     return number(p, g, value);
    case ECS_ACT_SKIP:       return skip(p, g);
    case ECS_ACT_HINT:       return hint(p, g);
    case ECS_ACT_REVEAL:     return reveal(p, g);
    case ECS_ACT_TOGGLE:     return toggle(p, arg);
    case ECS_ACT_NEXT:       return move(p, g, false);
    case ECS_ACT_BACK:       return move(p, g, true);
    case ECS_ACT_AGAIN:      return again(p);
    }
    return -EINVAL;
}

int ecs_player_act(struct ecs_player *p, enum ecs_player_action action, int arg, double value)
{
    int rc = act(p, action, arg, value);
    if (!rc)
        settle(p);
    return rc;
}
