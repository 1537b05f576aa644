#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/player_state.h"

/* Spots are the player's own copy; the answers handed to it are a mirror of them, because they
 * hold a bounded number of blocks and outlive changes of the lesson's text. */

static void spot_key(const struct ecs_spot *s, char *out, size_t size)
{
    if (s->block->name)
        snprintf(out, size, "%s", s->block->name);
    else
        snprintf(out, size, "#%zu.%zu", s->step, s->index);
}

static void spot_clear(struct ecs_spot *s)
{
    s->kept = (struct ecs_answer){.number = NAN, .value = NAN, .low = NAN, .high = NAN};
    spot_key(s, s->kept.block, sizeof s->kept.block);
    s->tried = -1;
    s->tried_number = NAN;
}

int ecs_play_lay_out(struct ecs_player *p)
{
    const struct ecs_lesson *l = p->lesson;
    for (size_t i = 0; i < l->n; i++)
        p->n_spots += l->step[i].n;
    p->spot = calloc(p->n_spots + 1, sizeof *p->spot);
    p->first = calloc(l->n + 1, sizeof *p->first);
    if (!p->spot || !p->first)
        return -ENOMEM;
    size_t at = 0;
    for (size_t i = 0; i < l->n; i++) {
        p->first[i] = at;
        for (size_t k = 0; k < l->step[i].n; k++, at++) {
            p->spot[at] = (struct ecs_spot){.step = i, .index = k, .block = &l->step[i].block[k]};
            spot_clear(&p->spot[at]);
        }
    }
    p->first[l->n] = at;
    return 0;
}

/* What the file says must still mean something: a lesson may have been edited since. */
static bool still_holds(const struct ecs_spot *s)
{
    const struct ecs_answer *k = &s->kept;
    const struct ecs_choice *choice;
    size_t n;
    if (k->confidence < 0 || k->confidence > 3)
        return false;
    if (s->block->kind == ECS_BLOCK_EXPECT)
        return !k->done || ecs_play_band(k->band) != ECS_BAND_UNKNOWN ||
            !strcmp(k->band, "unknown");
    if (!ecs_play_asked(s->block, &choice, &n) || !n)
        return true;
    bool known = !strcmp(k->choice, "skip") || ecs_play_choice(choice, n, k->choice) >= 0;
    bool seen = !*k->seen || !strcmp(k->seen, "skip") || ecs_play_choice(choice, n, k->seen) >= 0;
    return seen && (known || (!*k->choice && !k->done));
}

static unsigned hints_of(const struct ecs_block *b)
{
    if (b->kind == ECS_BLOCK_ASK)
        return (unsigned)b->ask.n_hints;
    return b->kind == ECS_BLOCK_DO ? (unsigned)b->task.n_hints : 0;
}

static void restore_spot(struct ecs_player *p, struct ecs_spot *s)
{
    const struct ecs_answer *a = ecs_answer_get(p->answers, s->kept.block, false);
    if (!a)
        return;
    s->kept = *a;
    if (!still_holds(s)) {
        spot_clear(s);
        return;
    }
    if (s->kept.hints > hints_of(s->block))
        s->kept.hints = hints_of(s->block);
}

void ecs_play_restore(struct ecs_player *p)
{
    const struct ecs_lesson *l = p->lesson;
    if (l->id)
        snprintf(p->answers->lesson, sizeof p->answers->lesson, "%s", l->id);
    p->answers->steps = l->n;
    p->step = p->answers->step < l->n ? p->answers->step : l->n;
    for (size_t i = p->n_spots; i-- > 0;) {
        struct ecs_spot *s = &p->spot[i];
        restore_spot(p, s);
        /* Nobody is put down beyond a prediction that is still open. */
        if (s->block->kind == ECS_BLOCK_PREDICT && !s->kept.done && s->step < p->step)
            p->step = s->step;
    }
    p->answers->step = p->step;
}

void ecs_play_keep(struct ecs_player *p, const struct ecs_spot *s)
{
    struct ecs_answer *a = ecs_answer_get(p->answers, s->kept.block, true);
    if (a)
        *a = s->kept;
    p->do_save = true;
}
