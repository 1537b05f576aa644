#include "core/explore/search.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/explore/search_private.h"

const char *const ecs_reduction_names[] = {"cache", "dpor", "bound", "naive", NULL};

enum { LOOK_EVERY = 512, DEFAULT_MAX_STATES = 4000000, FIRST_BOUNDS = 3 };
#define TELL_EVERY_NS (ECS_NS_PER_S / 10)
#define SHORTEN_SECONDS 0.25

bool ecs_search_preempts(int last, struct ecs_choice c)
{
    return last >= 0 && c.move != ECS_MOVE_FLUSH && c.thread != last &&
           ecs_engine_runnable((unsigned)last);
}

static double seconds_of(const struct ecs_search *s)
{
    return (double)(ecs_now_ns() - s->started_ns) / 1e9;
}

static void stop(struct ecs_search *s, const char *why)
{
    if (!s->stopped)
        snprintf(s->r->why, sizeof s->r->why, "%s", why);
    s->stopped = true;
}

bool ecs_search_out_of_time(struct ecs_search *s)
{
    if (s->stopped)
        return true;
    if (s->o->stop && *s->o->stop)
        stop(s, "stopped by you");
    if (s->r->schedules < s->next_look)
        return s->stopped;
    s->next_look = s->r->schedules + LOOK_EVERY;
    double seconds = seconds_of(s);
    if (s->o->seconds > 0 && seconds > s->o->seconds) {
        char text[64];
        snprintf(text, sizeof text, "stopped after %g s", s->o->seconds);
        stop(s, text);
    }
    uint64_t now = ecs_now_ns();
    if (s->o->progress && now - s->told_ns > TELL_EVERY_NS) {
        s->told_ns = now;
        s->o->progress(s->o, s->r->states, s->r->schedules, ecs_engine.n_steps, seconds, s->bound);
    }
    return s->stopped;
}

/* ---- one run --------------------------------------------------------------------------------- */

/* Has the state been gone into already, at no more cost? */
static bool seen(struct ecs_search *s, const struct ecs_node *node)
{
    uint64_t key = ecs_engine_key();
    uint16_t cost = 0;
    if (s->bound >= 0) {
        key = ecs_mix(key, (uint64_t)(node->last + 2));
        cost = node->preemptions;
    }
    if (s->shorten) {
        key = ecs_mix(key, node->preemptions);
        cost = (uint16_t)*ecs_engine.depth;
    }
    switch (ecs_state_table_add(&s->states, key, cost)) {
    case ECS_SEEN_NEW:
        s->r->states += !s->shorten;
        if (s->states.n > (s->o->max_states ? s->o->max_states : DEFAULT_MAX_STATES))
            stop(s, "stopped: as many states as --max-states allows");
        return false;
    case ECS_SEEN_CHEAPER:
        return false;
    case ECS_SEEN_NO_MEMORY:
        stop(s, "stopped: no memory for more states");
        return true;
    case ECS_SEEN_BEFORE:
        break;
    }
    return true;
}

/* Moves worth making: with a bound, those that it allows. */
static void list_moves(struct ecs_search *s, struct ecs_node *node)
{
    size_t n = ecs_engine_choices(node->move, ECS_MAX_CHOICES, node->last);
    bool full = s->bound >= 0 && node->preemptions >= s->bound;
    unsigned kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool preempts = ecs_search_preempts(node->last, node->move[i]);
        if (preempts && full) {
            s->cut = true;
            continue;
        }
        node->preempting |= (uint64_t)preempts << kept;
        node->move[kept++] = node->move[i];
    }
    node->n = (uint8_t)kept;
}

/* A step of the same thread that nobody else can notice goes with the one before. */
static bool only_local(const struct ecs_search *s, struct ecs_node *node)
{
    if (s->no_locals || node->last < 0 || !ecs_engine_is_local((unsigned)node->last))
        return false;
    node->move[0] = (struct ecs_choice){(uint8_t)node->last, ECS_MOVE_STEP, 0};
    node->n = 1;
    return true;
}

static void begin_node(struct ecs_search *s, struct ecs_node *node, size_t depth)
{
    node->at = 0;
    node->last = -1;
    node->preemptions = 0;
    node->preempting = 0;
    if (depth == 0)
        return;
    const struct ecs_node *before = &s->node[depth - 1];
    struct ecs_choice c = before->move[before->at];
    node->last = c.move == ECS_MOVE_FLUSH ? before->last : (int8_t)c.thread;
    node->preemptions = (uint16_t)(before->preemptions + (before->preempting >> before->at & 1));
}

/* Where the run stands now: over, or with a new node whose first move is to be made. */
static enum ecs_end look(struct ecs_search *s, bool *more)
{
    struct ecs_engine *e = &ecs_engine;
    size_t depth = *e->depth;
    *more = false;
    if (e->out_of_room)
        return ECS_END_GIVEN_UP;
    ecs_engine_check(false);
    if (e->finding && !e->carry_on)
        return ECS_END_FOUND;
    if (ecs_engine_over()) {
        ecs_engine_check(true);
        return e->finding ? ECS_END_FOUND : ECS_END_OVER;
    }
    if (s->shorten && depth >= s->longest)
        return ECS_END_PRUNED;
    if (depth >= ECS_ENGINE_STEPS - 1)
        return ECS_END_GIVEN_UP;
    struct ecs_node *node = &s->node[depth];
    begin_node(s, node, depth);
    if (!only_local(s, node)) {
        if (!s->no_cache && seen(s, node))
            return ECS_END_PRUNED;
        list_moves(s, node);
    }
    if (node->n == 0) {
        ecs_engine_deadlock();
        return ECS_END_FOUND;
    }
    s->n_nodes = depth + 1;
    *more = true;
    return ECS_END_OVER;
}

static enum ecs_end run(struct ecs_search *s)
{
    struct ecs_engine *e = &ecs_engine;
    bool more;
    e->n_prefix = s->prefix;
    ecs_engine_reset();
    while (*e->depth < s->prefix && !e->finding && !e->out_of_room)
        ecs_engine_make(e->path[*e->depth]);
    for (;;) {
        enum ecs_end end = look(s, &more);
        if (!more)
            return end;
        struct ecs_node *node = &s->node[*e->depth];
        ecs_engine_make(node->move[0]);
    }
}

/* The next path: the deepest node with a move left. */
static bool advance(struct ecs_search *s)
{
    while (s->n_nodes > 0) {
        struct ecs_node *node = &s->node[s->n_nodes - 1];
        if (++node->at < node->n) {
            ecs_engine.path[s->n_nodes - 1] = node->move[node->at];
            s->prefix = s->n_nodes;
            return true;
        }
        s->n_nodes--;
    }
    return false;
}

/* ---- passes ---------------------------------------------------------------------------------- */

static unsigned preemptions_of(const struct ecs_search *s)
{
    if (*ecs_engine.depth == 0)
        return 0;
    const struct ecs_node *last = &s->node[*ecs_engine.depth - 1];
    return last->preemptions + (unsigned)(last->preempting >> last->at & 1);
}

static void keep_found(struct ecs_search *s)
{
    struct ecs_engine *e = &ecs_engine;
    struct ecs_search_result *r = s->r;
    if (r->finding == ECS_FINDING_NONE)
        r->found_after = seconds_of(s);
    r->verdict = ECS_VERDICT_VIOLATION;
    r->finding = e->finding;
    memcpy(r->what, e->what, sizeof r->what);
    r->n_path = *e->depth;
    memcpy(r->path, e->path, r->n_path * sizeof *r->path);
    r->preemptions = s->o->reduction == ECS_REDUCTION_DPOR ? 0 : preemptions_of(s);
}

void ecs_search_count(struct ecs_search *s, enum ecs_end end)
{
    struct ecs_engine *e = &ecs_engine;
    s->r->schedules += !s->shorten;
    if (end == ECS_END_GIVEN_UP) {
        char text[120];
        snprintf(text, sizeof text,
                 "a schedule of more than %d steps was given up: a thread may never end",
                 ECS_ENGINE_STEPS);
        s->cut = true;
        stop(s, e->out_of_room ? e->room : text);
    }
    if (s->o->all && (end == ECS_END_OVER || end == ECS_END_FOUND) && !e->out_of_room) {
        uint64_t final = ecs_mix(e->program->final ? e->program->final(e->arena) : 0, 1);
        ecs_state_table_add(&s->finals, final, 0);
        s->r->bad += end == ECS_END_FOUND;
    }
    if (end == ECS_END_FOUND && (!s->o->all || s->r->finding == ECS_FINDING_NONE))
        keep_found(s);
}

/* Goes through all schedules that this pass allows, or to the first violation. True: all. */
static bool pass(struct ecs_search *s, int bound)
{
    s->bound = bound;
    s->cut = false;
    s->prefix = s->n_nodes = 0;
    ecs_state_table_clear(&s->states);
    do {
        enum ecs_end end = run(s);
        if (ecs_engine.need_clocks && !ecs_engine.clocks) {
            ecs_engine.clocks = true; /* the first plain access: from the start, with clocks */
            return pass(s, bound);
        }
        ecs_search_count(s, end);
        if (s->shorten && end == ECS_END_FOUND)
            s->longest = s->r->n_path - 1;
        else if (end == ECS_END_FOUND && !s->o->all)
            return false;
        if (ecs_search_out_of_time(s))
            return false;
    } while (advance(s));
    return true;
}

/* Fewer steps at the same number of preemptions, for as long as that takes no time to speak of. */
static void shorten(struct ecs_search *s)
{
    struct ecs_search_options o = *s->o;
    const struct ecs_search_options *before = s->o;
    bool stopped = s->stopped;
    s->shorten = true;
    s->longest = s->r->n_path - 1;
    o.seconds = seconds_of(s) + SHORTEN_SECONDS;
    o.max_states = 400000;
    s->o = &o;
    s->next_look = 0;
    s->stopped = false;
    s->r->minimal = pass(s, (int)s->r->preemptions);
    s->r->why[0] = '\0';
    s->stopped = stopped;
    s->o = before;
    s->shorten = false;
}

/* Bounds 0, 1, 2, …, then none, so that what is found first has the fewest preemptions. */
static void search_by_bounds(struct ecs_search *s)
{
    bool cache = s->o->reduction == ECS_REDUCTION_CACHE;
    int most = s->o->bound >= 0 ? s->o->bound : cache ? FIRST_BOUNDS - 1 : ECS_ENGINE_STEPS;
    bool done = false;
    int first = s->o->all ? most : 0; /* each bound holds the ones before */
    if (s->o->all && s->o->bound < 0)
        first = most = -1;
    for (int b = first; b <= most && !done; b++) {
        if (!pass(s, b))
            return;
        done = !s->cut;
        if (b < most && !done) { /* the next bound counts afresh */
            s->r->states = 0;
            s->r->schedules = 0;
            s->next_look = 0;
        }
    }
    if (s->o->bound >= 0 || done) {
        s->r->exhaustive = done;
        return;
    }
    s->r->states = 0;
    s->r->schedules = 0;
    s->next_look = 0;
    if (pass(s, -1)) {
        s->r->exhaustive = true;
        return;
    }
    if (s->r->verdict != ECS_VERDICT_VIOLATION)
        return;
    for (int b = FIRST_BOUNDS; b < (int)s->r->preemptions; b++) {
        if (!pass(s, b))
            return;
    }
}

static void search_naive(struct ecs_search *s)
{
    s->no_locals = true;
    s->r->exhaustive = pass(s, -1) && !s->cut;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static int collect_finals(struct ecs_search *s)
{
    struct ecs_search_result *r = s->r;
    r->finals = calloc(s->finals.n + 1, sizeof *r->finals);
    if (!r->finals)
        return -ENOMEM;
    for (size_t i = 0; i < s->finals.capacity; i++) {
        if (s->finals.key[i])
            r->finals[r->n_finals++] = s->finals.key[i];
    }
    qsort(r->finals, r->n_finals, sizeof *r->finals, compare);
    return 0;
}

static void search_all(struct ecs_search *s)
{
    switch (s->o->reduction) {
    case ECS_REDUCTION_DPOR:
        ecs_dpor(s);
        break;
    case ECS_REDUCTION_NAIVE:
        s->no_cache = true;
        search_naive(s);
        break;
    case ECS_REDUCTION_BOUND:
        s->no_cache = true;
        search_by_bounds(s);
        break;
    case ECS_REDUCTION_CACHE:
        search_by_bounds(s);
        break;
    }
    s->r->bound = s->bound;
    s->r->seconds = seconds_of(s);
    bool may_shorten = s->o->reduction == ECS_REDUCTION_CACHE && !s->o->all;
    if (s->r->verdict == ECS_VERDICT_VIOLATION) {
        s->r->exhaustive = s->r->exhaustive && s->o->all;
        if (may_shorten && s->r->n_path > 0)
            shorten(s);
    } else if (s->stopped) {
        s->r->verdict = ECS_VERDICT_UNFINISHED;
        s->r->exhaustive = false;
    } else if (!s->r->exhaustive && !s->r->why[0]) {
        snprintf(s->r->why, sizeof s->r->why, "bound %d", s->bound);
    }
}

int ecs_search(const struct ecs_search_options *options, struct ecs_search_result *out)
{
    struct ecs_search *s = calloc(1, sizeof *s);
    memset(out, 0, sizeof *out);
    out->bound = -1;
    if (!s)
        return -ENOMEM;
    int rc = ecs_engine_open(options->program, options->values, options->model, options->shared);
    if (rc == 0) {
        ecs_engine.spurious = options->spurious;
        ecs_engine.carry_on = options->all;
        s->o = options;
        s->r = out;
        s->started_ns = ecs_now_ns();
        s->told_ns = s->started_ns;
        s->bound = -1;
        search_all(s);
        out->steps = ecs_engine.n_steps;
        if (options->all)
            rc = collect_finals(s);
    }
    ecs_state_table_free(&s->states);
    ecs_state_table_free(&s->finals);
    free(s);
    return rc;
}

/* ---- replay ---------------------------------------------------------------------------------- */

static bool possible(struct ecs_choice c, int last)
{
    struct ecs_choice all[ECS_MAX_CHOICES];
    size_t n = ecs_engine_choices(all, ECS_MAX_CHOICES, last);
    for (size_t i = 0; i < n; i++) {
        if (memcmp(&all[i], &c, sizeof c) == 0)
            return true;
    }
    return false;
}

size_t ecs_search_replay(const struct ecs_choice *path, size_t n, struct ecs_step *steps)
{
    struct ecs_engine *e = &ecs_engine;
    int last = -1;
    size_t i;
    e->carry_on = false;
    e->n_prefix = 0;
    e->trace = steps;
    ecs_engine_reset();
    ecs_engine_check(false);
    for (i = 0; i < n && i < ECS_ENGINE_STEPS && !e->finding && !e->out_of_room; i++) {
        if (!possible(path[i], last))
            break;
        bool preempts = ecs_search_preempts(last, path[i]);
        ecs_engine_make(path[i]);
        steps[i].preempts = preempts;
        if (path[i].move != ECS_MOVE_FLUSH)
            last = path[i].thread;
        ecs_engine_check(false);
        if (e->need_clocks && !e->clocks) {
            e->clocks = true;
            return ecs_search_replay(path, n, steps);
        }
    }
    if (!e->finding && ecs_engine_over())
        ecs_engine_check(true);
    else if (!e->finding && i == n && ecs_engine_choices(&(struct ecs_choice){0}, 1, -1) == 0)
        ecs_engine_deadlock();
    e->trace = NULL;
    return i;
}
