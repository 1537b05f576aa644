#include <math.h>
#include <string.h>

#include "lesson/player_state.h"

/* Pure look-ups: where the lesson stands follows from the spots and from what was seen. */

long ecs_play_scenario_spot(const struct ecs_player *p, size_t step)
{
    if (step >= p->lesson->n)
        return -1;
    for (size_t i = p->first[step + 1]; i-- > 0;)
        if (p->spot[i].block->kind == ECS_BLOCK_SCENARIO)
            return (long)i;
    return -1;
}

/* Predictions of a scenario stand between the scenario before it and `before`. */
long ecs_play_prediction_spot(const struct ecs_player *p, size_t scenario, size_t before)
{
    for (size_t i = before; i-- > 0;) {
        if (i == scenario)
            continue;
        if (p->spot[i].block->kind == ECS_BLOCK_PREDICT)
            return (long)i;
        if (p->spot[i].block->kind == ECS_BLOCK_SCENARIO)
            return -1;
    }
    return -1;
}

const struct ecs_spot *ecs_play_spot(const struct ecs_player *p, const struct ecs_block *b)
{
    for (size_t i = 0; i < p->n_spots; i++)
        if (p->spot[i].block == b)
            return &p->spot[i];
    return NULL;
}

bool ecs_play_asked(const struct ecs_block *b, const struct ecs_choice **choice, size_t *n)
{
    if (b->kind != ECS_BLOCK_PREDICT && b->kind != ECS_BLOCK_ASK)
        return false;
    *choice = b->kind == ECS_BLOCK_PREDICT ? b->predict.choice : b->ask.choice;
    *n = b->kind == ECS_BLOCK_PREDICT ? b->predict.n : b->ask.n;
    return true;
}

int ecs_play_choice(const struct ecs_choice *choice, size_t n, const char *id)
{
    const size_t kept = sizeof(struct ecs_answer){0}.choice - 1;
    for (size_t i = 0; i < n; i++)
        if (*id && !strncmp(choice[i].id, id, kept))
            return (int)i;
    return -1;
}

static enum ecs_wait scenario_wait(const struct ecs_player *p, size_t i)
{
    const struct ecs_spot *s = &p->spot[i];
    if (p->lesson->step[s->step].phase != ECS_OBSERVE || !s->block->scenario.n_toggles)
        return ECS_WAIT_NOTHING;
    if (p->failed == s->block || ecs_play_scenario_spot(p, s->step) != (long)i)
        return ECS_WAIT_NOTHING;
    long guess = ecs_play_prediction_spot(p, i, i);
    bool seen = guess < 0 || *p->spot[guess].kept.seen;
    if (s->kept.done && seen)
        return ECS_WAIT_NOTHING;
    if (!p->toggled)
        return ECS_WAIT_TOGGLE;
    if (seen)
        return ECS_WAIT_NOTHING;
    return p->seen_enough ? ECS_WAIT_SEEN : ECS_WAIT_TOGGLE;
}

static enum ecs_wait spot_wait(const struct ecs_player *p, size_t i)
{
    const struct ecs_spot *s = &p->spot[i];
    const struct ecs_block *b = s->block;
    switch (b->kind) {
    case ECS_BLOCK_TEXT:
    case ECS_BLOCK_NOTES:
        return ECS_WAIT_NOTHING;
    case ECS_BLOCK_SCENARIO:
        return scenario_wait(p, i);
    default:
        break;
    }
    if (s->kept.done)
        return ECS_WAIT_NOTHING;
    if (b->kind == ECS_BLOCK_PREDICT)
        return *s->kept.choice ? ECS_WAIT_CONFIDENCE : ECS_WAIT_CHOICE;
    if (b->kind == ECS_BLOCK_ASK)
        return b->ask.n ? ECS_WAIT_CHOICE : ECS_WAIT_NUMBER;
    if (b->kind == ECS_BLOCK_EXPECT)
        return ECS_WAIT_MEASURE;
    if (p->m.active && p->m.spot == i)
        return ECS_WAIT_MEASURE;
    return p->failed ? ECS_WAIT_NOTHING : ECS_WAIT_TASK;
}

struct ecs_gate ecs_play_gate(const struct ecs_player *p)
{
    size_t end = p->first[p->step < p->lesson->n ? p->step + 1 : p->step];
    for (size_t i = p->first[p->step]; i < end; i++) {
        enum ecs_wait w = spot_wait(p, i);
        if (w != ECS_WAIT_NOTHING)
            return (struct ecs_gate){w, i};
    }
    return (struct ecs_gate){ECS_WAIT_NOTHING, end};
}

/* ---- what may be shown ---------------------------------------------------------------------- */

const struct ecs_lesson *ecs_player_lesson(const struct ecs_player *p)
{
    return p->lesson;
}

size_t ecs_player_step(const struct ecs_player *p)
{
    return p->step;
}

enum ecs_wait ecs_player_wait(const struct ecs_player *p)
{
    return ecs_play_gate(p).wait;
}

const struct ecs_block *ecs_player_current(const struct ecs_player *p)
{
    struct ecs_gate g = ecs_play_gate(p);
    if (g.wait == ECS_WAIT_NOTHING)
        return NULL;
    if (g.wait == ECS_WAIT_SEEN)
        return p->spot[ecs_play_prediction_spot(p, g.spot, g.spot)].block;
    return p->spot[g.spot].block;
}

bool ecs_player_watching(const struct ecs_player *p)
{
    return p->toggled && ecs_play_gate(p).wait == ECS_WAIT_TOGGLE;
}

const char *ecs_player_failure(const struct ecs_player *p)
{
    return p->failed ? p->failure : NULL;
}

size_t ecs_player_visible(const struct ecs_player *p)
{
    if (p->step >= p->lesson->n)
        return 0;
    struct ecs_gate g = ecs_play_gate(p);
    return g.spot - p->first[p->step] + (g.wait != ECS_WAIT_NOTHING);
}

const struct ecs_block *ecs_player_scenario(const struct ecs_player *p)
{
    long i = ecs_play_scenario_spot(p, p->step);
    return i < 0 ? NULL : p->spot[i].block;
}

const struct ecs_block *ecs_player_prediction(const struct ecs_player *p)
{
    long scenario = ecs_play_scenario_spot(p, p->step);
    if (scenario < 0)
        return NULL;
    struct ecs_gate g = ecs_play_gate(p);
    size_t before = g.spot + (g.wait != ECS_WAIT_NOTHING);
    if (before < (size_t)scenario)
        before = (size_t)scenario;
    long i = ecs_play_prediction_spot(p, (size_t)scenario, before);
    return i < 0 ? NULL : p->spot[i].block;
}

/* Rule R1: every prediction before the scenario in force, and any that this step waits for. */
bool ecs_player_chart_open(const struct ecs_player *p)
{
    long scenario = ecs_play_scenario_spot(p, p->step);
    if (scenario < 0)
        return false;
    for (long i = 0; i < scenario; i++)
        if (p->spot[i].block->kind == ECS_BLOCK_PREDICT && !p->spot[i].kept.done)
            return false;
    const struct ecs_block *at = ecs_player_current(p);
    return !at || at->kind != ECS_BLOCK_PREDICT || ecs_player_wait(p) == ECS_WAIT_SEEN;
}

struct ecs_standing ecs_player_standing(const struct ecs_player *p, const struct ecs_block *b)
{
    struct ecs_standing st = {.choice = -1, .seen = -1, .number = NAN};
    const struct ecs_spot *s = ecs_play_spot(p, b);
    if (!s)
        return st;
    const struct ecs_choice *choice;
    size_t n;
    if (ecs_play_asked(b, &choice, &n)) {
        st.choice = ecs_play_choice(choice, n, s->kept.choice);
        st.seen = ecs_play_choice(choice, n, s->kept.seen);
    }
    if (!strcmp(s->kept.choice, "skip"))
        st.choice = -2;
    if (!strcmp(s->kept.seen, "skip"))
        st.seen = -2;
    if (s->tried >= 0)
        st.choice = s->tried;
    st.number = isnan(s->tried_number) ? s->kept.number : s->tried_number;
    st.confidence = s->kept.confidence;
    st.right = s->kept.right;
    st.skipped = s->kept.skipped;
    st.revealed = s->kept.revealed;
    st.hints = s->kept.hints;
    return st;
}

static void count_spot(struct ecs_recap *r, const struct ecs_spot *s)
{
    const struct ecs_answer *k = &s->kept;
    switch (s->block->kind) {
    case ECS_BLOCK_PREDICT:
        r->predictions++;
        r->foreseen += k->right;
        r->certain_wrong += k->done && !k->right && k->confidence == 3;
        break;
    case ECS_BLOCK_ASK:
        r->questions++;
        r->right += k->right;
        break;
    case ECS_BLOCK_DO:
        r->tasks++;
        r->solved += k->right;
        break;
    case ECS_BLOCK_EXPECT:
        r->verdicts++;
        r->confirmed += !strcmp(k->band, "pass");
        break;
    default:
        return;
    }
    r->skipped += k->skipped;
    r->hints += k->hints;
}

struct ecs_recap ecs_player_recap(const struct ecs_player *p)
{
    struct ecs_recap r = {0};
    for (size_t i = 0; i < p->n_spots; i++)
        count_spot(&r, &p->spot[i]);
    return r;
}
