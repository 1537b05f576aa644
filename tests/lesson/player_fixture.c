#include "player_fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const variants[] = {"plain", "tagged", NULL};
static const struct ecs_param params[P_PARAMS] = {
    [P_STRIDE] = {.name = "stride", .kind = ECS_PARAM_BYTES, .def = 8, .min = 8, .max = 4096,
                  .live = true},
    [P_PIN] = {.name = "pin", .kind = ECS_PARAM_CHOICE, .choices = ecs_pin_choices, .live = true},
    [P_VARIANT] = {.name = "variant", .kind = ECS_PARAM_CHOICE, .choices = variants, .live = true},
};
static const struct ecs_metric metrics[M_METRICS] = {
    [M_RATE] = {.name = "rate.total", .label = "increments", .unit = "ops/s"},
    [M_COST] = {.name = "cost", .label = "cost", .unit = "ns/op", .lower_is_better = true},
    [M_LOST] = {.name = "lost.total", .label = "lost", .unit = "nodes", .lower_is_better = true,
                .is_count = true},
    [M_NEVER] = {.name = "never", .label = "never", .unit = "%"},
};
static const char *const counters[] = {"increments", NULL};

static const char *why(const struct ecs_values *values, int metric)
{
    (void)values;
    return metric == M_NEVER ? "this build has no such counter" : NULL;
}

static int check(const struct ecs_values *v, struct ecs_error *e)
{
    if (v->v[P_STRIDE] == 256 && v->v[P_PIN] == ECS_PIN_ONE)
        return ecs_fail(e, -22, "stride 256 does not go with one core");
    return 0;
}

#define TABLES .summary = "counting", .params = params, .n_params = P_PARAMS, .metrics = metrics, \
    .n_metrics = M_METRICS, .counters = counters, .min_cpus = 2, .check = check, .why = why
const struct ecs_scenario counting = {.name = "counting", TABLES};
const struct ecs_scenario other = {.name = "other", TABLES};

/* ---- the lesson ----------------------------------------------------------------------------- */

static struct ecs_expression *expression(const char *text)
{
    struct ecs_expression *x;
    struct ecs_error e = {0};
    ck_assert_msg(!ecs_expression_parse(text, &x, &e), "%s: %s", text, e.what);
    return x;
}

static struct ecs_block text_block(const char *text)
{
    return (struct ecs_block){.kind = ECS_BLOCK_TEXT, .text = strdup(text)};
}

static struct ecs_choice choice(const char *id, const char *text, const char *refutation)
{
    return (struct ecs_choice){.id = strdup(id), .text = strdup(text), .right = !refutation,
                               .why = refutation ? strdup(refutation) : NULL};
}

static struct ecs_block predict_block(void)
{
    struct ecs_block b = {.kind = ECS_BLOCK_PREDICT, .name = strdup("p1")};
    b.predict = (struct ecs_predict){.ask = strdup("128 bytes apart, increments will ..."),
                                     .n = 3, .confidence = true};
    b.predict.choice[0] = choice("same", "stay", "The line is shared.");
    b.predict.choice[1] = choice("up", "go up", NULL);
    b.predict.choice[2] = choice("down", "go down", "Two lines are nothing.");
    return b;
}

static struct ecs_block scenario_block(void)
{
    struct ecs_block b = {.kind = ECS_BLOCK_SCENARIO, .name = strdup("s1")};
    struct ecs_scenario_block *s = &b.scenario;
    s->scenario = &counting;
    s->values = (struct ecs_values){{8, ECS_PIN_CORES, 0}};
    s->n_charts = 1;
    s->repeats = 5;
    s->side_ns = 300000000;
    s->warmup_ns = 100000000;
    s->toggle[0] = (struct ecs_toggle){.key = 'p', .param = P_STRIDE, .value = {8, 64, 128},
                                       .n = 3};
    s->toggle[1] = (struct ecs_toggle){.key = 'a', .param = P_PIN,
                                       .value = {ECS_PIN_CORES, ECS_PIN_ONE}, .n = 2};
    s->n_toggles = 2;
    s->compare_param = P_STRIDE;
    s->compare_a = 8;
    s->compare_b = 128;
    s->caption[0] = (struct ecs_caption){expression("stride == 8"), strdup("One line.")};
    s->caption[1] = (struct ecs_caption){expression("pin == same-core"), strdup("One core.")};
    s->n_captions = 2;
    return b;
}

static struct ecs_block expect_block(const char *name, const char *metric, double pass,
                                     double weak)
{
    struct ecs_block b = {.kind = ECS_BLOCK_EXPECT, .name = strdup(name)};
    b.expect = (struct ecs_expect){
        .metric = expression(metric), .pass_low = pass, .pass_high = INFINITY,
        .weak_low = weak, .weak_high = isnan(weak) ? NAN : pass,
        .say_pass = strdup("{value}x, {low} to {high}, on lines of {calib.line_bytes}: "
                           "{s1.rate.total[stride=8]}."),
        .say_weak = strdup("Only {value}x, {calib.l3_bytes}, {nonsense}, {open."),
        .say_else = strdup("Not here: {value}."), .fallback_trace = strdup("big.ecst"),
    };
    return b;
}

static struct ecs_block number_block(void)
{
    struct ecs_block b = {.kind = ECS_BLOCK_ASK, .name = strdup("q1")};
    b.ask = (struct ecs_ask){.ask = strdup("How many?"),
                             .answer = expression("calib.line_bytes / 8"),
                             .tolerance = 0.02, .hint = {strdup("look"), strdup("divide")},
                             .n_hints = 2};
    return b;
}

static struct ecs_block choices_block(void)
{
    struct ecs_block b = {.kind = ECS_BLOCK_ASK, .name = strdup("q2")};
    b.ask = (struct ecs_ask){.ask = strdup("Why?"), .n = 2};
    b.ask.choice[0] = choice("luck", "luck", "No.");
    b.ask.choice[1] = choice("line", "the line", NULL);
    return b;
}

static struct ecs_block task_block(void)
{
    struct ecs_block b = {.kind = ECS_BLOCK_DO, .name = strdup("d1")};
    b.task = (struct ecs_do){.task = strdup("Nearly as fast as 128, with less."),
                             .check = expression("s1.rate.total[now] >= "
                                                 "0.8 * s1.rate.total[stride=128] "
                                                 "and s1.param.stride < 128"),
                             .hint = {strdup("one"), strdup("two"), strdup("three")}, .n_hints = 3,
                             .reveal = strdup("64")};
    return b;
}

static void step(struct ecs_lesson *l, size_t i, enum ecs_phase phase, size_t n,
                 const struct ecs_block *b)
{
    l->step[i] = (struct ecs_step){.title = strdup("Step"), .phase = phase, .n = n,
                                   .block = calloc(n, sizeof *b)};
    memcpy(l->step[i].block, b, n * sizeof *b);
}

struct ecs_lesson *lesson_new(void)
{
    struct ecs_lesson *l = calloc(1, sizeof *l);
    l->id = strdup("two-counters");
    l->title = strdup("Two counters");
    l->n = 4;
    l->step = calloc(l->n, sizeof *l->step);
    step(l, 0, ECS_PREDICT, 2, (struct ecs_block[]){text_block("Two counters."), predict_block()});
    step(l, 1, ECS_OBSERVE, 3, (struct ecs_block[]){text_block("Press p."), scenario_block(),
                                                    text_block("What you saw.")});
    step(l, 2, ECS_EXPLAIN, 4, (struct ecs_block[]){
        expect_block("e1", "median(s1.rate.total[stride=128]) / median(s1.rate.total[stride=8])",
                     2, 1.15),
        text_block("Because."), number_block(), choices_block()});
    step(l, 3, ECS_TRANSFER, 3, (struct ecs_block[]){
        task_block(), expect_block("e2", "max(s1.lost.total[variant=plain])", 1, NAN),
        text_block("Done.")});
    return l;
}

void lesson_free(struct ecs_lesson *l)
{
    ecs_lesson_free(l);
}

const struct ecs_block *block(const struct ecs_lesson *l, const char *name)
{
    return ecs_lesson_block(l, name);
}

/* ---- the machine ---------------------------------------------------------------------------- */

uint64_t next_random(struct machine *m)      /* splitmix64 */
{
    uint64_t z = (m->random += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void change(struct machine *m, const struct ecs_values *v)
{
    m->values = *v;
    m->settling = 5;
    m->changed = true;
    m->generation++;
    m->since_change = 0;
}

void obey(struct machine *m, struct ecs_player *p)
{
    struct ecs_command c;
    while (ecs_player_command(p, &c)) {
        switch (c.kind) {
        case ECS_COMMAND_START:
            m->running = true;
            m->scenario = c.scenario->scenario;
            m->starts++;
            m->started = c.values;
            m->seq = 0;
            change(m, &c.values);
            break;
        case ECS_COMMAND_SET:
            ck_assert(m->running);
            m->sets++;
            m->set = c.values;
            if (memcmp(c.values.v, m->values.v, sizeof c.values.v[0] * P_PARAMS))
                change(m, &c.values);
            break;
        case ECS_COMMAND_STOP:
            m->running = false;
            m->stops++;
            break;
        case ECS_COMMAND_SAVE:
            m->saves++;
            break;
        case ECS_COMMAND_NONE:
            ck_abort_msg("a command of no kind");
        }
    }
}

static double rate(struct machine *m)
{
    double jitter = 1 + 0.01 * ((double)(next_random(m) % 1000) / 1000 - 0.5);
    double gain = m->gain > 0 ? m->gain : 7.5;
    double pinned = m->values.v[P_PIN] == ECS_PIN_ONE ? 0.5 : 1;
    return 1e8 * (m->values.v[P_STRIDE] >= 64 ? gain : 1) * pinned * jitter;
}

bool window(struct machine *m, struct ecs_player *p)
{
    if (!m->running)
        return false;
    struct ecs_snapshot s = {.seq = m->seq++, .window_ns = 50000000, .workers = 2,
                             .values = m->values,
                             .generation = (uint32_t)m->generation};
    s.time_ns = m->seq * s.window_ns;
    s.flags = (m->changed ? ECS_SNAP_CHANGED : 0u) | (m->settling ? ECS_SNAP_SETTLING : 0u);
    if (next_random(m) % 8 < m->dirty_of_8) {
        s.flags |= ECS_SNAP_DIRTY;
        s.noise = (struct ecs_noise){.foreign = 0.31f, .delay = 0.4f, .cpu = 0,
                                     .why = ECS_NOISE_FOREIGN | ECS_NOISE_DELAY};
    }
    bool slow = m->settling || m->since_change < m->cold;
    m->changed = false;
    m->settling -= m->settling > 0;
    m->since_change++;
    s.metric[M_RATE] = rate(m) * (s.flags & ECS_SNAP_DIRTY ? 0.3 : 1) *
                       (slow && m->values.v[P_STRIDE] == 128 ? 0.1 : 1);
    s.metric[M_COST] = 1e9 / s.metric[M_RATE];
    s.metric[M_LOST] = m->values.v[P_VARIANT] ? 0 : m->lost_per_window * (double)m->since_change;
    s.metric[M_NEVER] = NAN;
    ecs_player_feed(p, &s);
    return true;
}

void windows(struct machine *m, struct ecs_player *p, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        obey(m, p);
        window(m, p);
    }
    obey(m, p);
}

void run_past(struct machine *m, struct ecs_player *p, enum ecs_wait w)
{
    for (unsigned i = 0; ecs_player_wait(p) == w; i++) {
        ck_assert_msg(i < 4000, "still waiting for %d", (int)w);
        windows(m, p, 1);
    }
}

/* ---- playing -------------------------------------------------------------------------------- */

const struct ecs_calibration two_cpus = {64, 2, 2, 1, 32768, 1048576, NAN};

void play_open(struct play *t)
{
    memset(t, 0, sizeof *t);
    t->lesson = lesson_new();
    ck_assert_int_eq(ecs_player_new(t->lesson, &two_cpus, &t->answers, &t->player), 0);
    obey(&t->m, t->player);
}

void play_reopen(struct play *t)
{
    ecs_player_free(t->player);
    memset(&t->m, 0, sizeof t->m);
    ck_assert_int_eq(ecs_player_new(t->lesson, &two_cpus, &t->answers, &t->player), 0);
    obey(&t->m, t->player);
}

void play_close(struct play *t)
{
    ecs_player_free(t->player);
    lesson_free(t->lesson);
}

int act(struct play *t, enum ecs_player_action a, int arg)
{
    int rc = ecs_player_act(t->player, a, arg, NAN);
    obey(&t->m, t->player);
    return rc;
}

void to_observe(struct play *t)
{
    ck_assert_int_eq(act(t, ECS_ACT_CHOOSE, 1), 0);
    ck_assert_int_eq(act(t, ECS_ACT_CONFIDENCE, 2), 0);
    ck_assert_int_eq(act(t, ECS_ACT_NEXT, 0), 0);
}

void to_explain(struct play *t)
{
    to_observe(t);
    ck_assert_int_eq(act(t, ECS_ACT_TOGGLE, 0), 0);
    run_past(&t->m, t->player, ECS_WAIT_TOGGLE);
    ck_assert_int_eq(act(t, ECS_ACT_CHOOSE, 1), 0);
    ck_assert_int_eq(act(t, ECS_ACT_NEXT, 0), 0);
}

void to_transfer(struct play *t)
{
    to_explain(t);
    run_past(&t->m, t->player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(ecs_player_act(t->player, ECS_ACT_NUMBER, 0, 8), 0);
    ck_assert_int_eq(act(t, ECS_ACT_CHOOSE, 1), 0);
    ck_assert_int_eq(act(t, ECS_ACT_NEXT, 0), 0);
}
