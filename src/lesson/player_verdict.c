#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lesson/player_state.h"

static const char *const band_names[] = {
    [ECS_BAND_PASS] = "pass",   [ECS_BAND_WEAK] = "weak",       [ECS_BAND_ELSE] = "else",
    [ECS_BAND_NOISY] = "noisy", [ECS_BAND_UNKNOWN] = "unknown",
};

const char *ecs_play_band_name(enum ecs_band b)
{
    return band_names[b];
}

enum ecs_band ecs_play_band(const char *name)
{
    for (size_t i = 0; i < sizeof band_names / sizeof *band_names; i++)
        if (!strcmp(band_names[i], name))
            return (enum ecs_band)i;
    return ECS_BAND_UNKNOWN;
}

static void set(struct ecs_player *p, struct ecs_spot *s, enum ecs_band band, const char *say)
{
    struct ecs_answer *k = &s->kept;
    k->done = true;
    snprintf(k->band, sizeof k->band, "%s", band_names[band]);
    ecs_play_fill(p, say, k, k->say, sizeof k->say);
}

/* A sentence instead of a verdict. */
static void set_none(struct ecs_player *p, struct ecs_spot *s, enum ecs_band band, const char *why)
{
    char text[400];
    snprintf(text, sizeof text, "%s: %.250s.",
             band == ECS_BAND_NOISY ? "Too noisy to say" : "Nothing was measured", why);
    set(p, s, band, text);
}

static void clear(struct ecs_answer *k)
{
    k->value = k->low = k->high = NAN;
    k->skipped = false;
}

void ecs_play_unknown(struct ecs_player *p, struct ecs_spot *s, const char *why)
{
    clear(&s->kept);
    set_none(p, s, ECS_BAND_UNKNOWN, why);
    ecs_play_keep(p, s);
}

/* Clean repeats of the side that has fewest. */
static unsigned fewest_clean(const struct ecs_sides *sides)
{
    unsigned fewest = sides->repeats;
    for (size_t i = 0; i < sides->n; i++) {
        unsigned n = 0;
        for (unsigned r = 0; r < sides->repeats; r++)
            n += sides->side[i].have[r];
        fewest = n < fewest ? n : fewest;
    }
    return fewest;
}

static bool too_few(struct ecs_player *p, struct ecs_spot *s)
{
    const struct ecs_sides *sides = p->m.sides ? p->m.sides : p->measured[0];
    if (!sides || !sides->n)
        return false;
    unsigned clean = fewest_clean(sides);
    if (clean * 2 > sides->repeats)
        return false;
    char noise[128], text[240];
    snprintf(text, sizeof text, "%s (only %u of %u repeats were clean)",
             ecs_noise_text(&p->m.worst, noise, sizeof noise), clean, sides->repeats);
    set_none(p, s, ECS_BAND_NOISY, text);
    return true;
}

static const char *sentence(const struct ecs_expect *x, enum ecs_band band)
{
    const char *say = band == ECS_BAND_PASS   ? x->say_pass
                      : band == ECS_BAND_WEAK ? x->say_weak : x->say_else;
    return say ? say : "{value} on this machine.";
}

void ecs_play_judge(struct ecs_player *p, struct ecs_spot *s)
{
    struct ecs_answer *k = &s->kept;
    const struct ecs_expect *x = &s->block->expect;
    clear(k);
    if (too_few(p, s))
        return;
    struct ecs_scope scope = {p, p->running};
    struct ecs_environment env = ecs_play_environment(&scope);
    struct ecs_error e = {0};
    int rc = ecs_expression_eval(x->metric, &env, &k->value, &k->low, &k->high, &e);
    if (rc || !isfinite(k->value)) {
        clear(k);
        set_none(p, s, ECS_BAND_UNKNOWN,
                 *e.what ? e.what : "a figure is not available on this machine");
        return;
    }
    k->low = isnan(k->low) ? k->value : k->low;
    k->high = isnan(k->high) ? k->value : k->high;
    enum ecs_band band = ecs_expect_band(x, k->value);
    enum ecs_band low = ecs_expect_band(x, k->low), high = ecs_expect_band(x, k->high);
    if ((low == ECS_BAND_PASS && high == ECS_BAND_ELSE) ||
        (low == ECS_BAND_ELSE && high == ECS_BAND_PASS)) {
        char text[160];
        ecs_play_fill(p, "the repeats disagree, from {low} to {high}", k, text, sizeof text);
        set_none(p, s, ECS_BAND_NOISY, text);
        return;
    }
    set(p, s, band, sentence(x, band));
}

struct ecs_outcome ecs_player_outcome(const struct ecs_player *p, const struct ecs_block *expect)
{
    struct ecs_outcome o = {.band = ECS_BAND_UNKNOWN, .value = NAN, .low = NAN, .high = NAN};
    const struct ecs_spot *s = ecs_play_spot(p, expect);
    if (!s || expect->kind != ECS_BLOCK_EXPECT || !s->kept.done)
        return o;
    o.band = ecs_play_band(s->kept.band);
    o.value = s->kept.value;
    o.low = s->kept.low;
    o.high = s->kept.high;
    snprintf(o.say, sizeof o.say, "%s", s->kept.say);
    return o;
}
