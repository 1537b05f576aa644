/* Two levels of free blocks: a cache for each thread over a depot of batches over the system. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/format.h"
#include "tui/widgets/bars.h"
#include "tui/widgets/box.h"
#include "tui/widgets/diagram.h"

enum { NAME = 10, WORDS = 52, SHOWN = 8, LEAST_BAR = 8 };

struct pools { struct ecs_canvas *c; struct ecs_rect r; int y, bar; const struct ecs_diagram *d; };

static bool room(const struct pools *p)
{
    return p->y < p->r.y + p->r.h;
}

static void row(struct pools *p, const char *name, double part, const char *fill, const char *note)
{
    int x = p->r.x, end = p->r.x + p->r.w;

    if (!room(p))
        return;
    ecs_text_cut(p->c, x, p->y, NAME - 1, ECS_ROLE_TEXT, ECS_BOLD, name);
    x += NAME;
    if (!isnan(part))
        ecs_bar_draw(p->c, (struct ecs_rect){x, p->y, p->bar, 1}, part, ECS_ROLE_BAR);
    x += p->bar + 1;
    x += ecs_text_cut(p->c, x, p->y, end - x, ECS_ROLE_TEXT, 0, fill) + 2;
    if (x < end)
        ecs_text_cut(p->c, x, p->y, end - x, ECS_ROLE_TEXT, 0, note);
    p->y++;
}

/* "98 % are served here", or nothing when it is not known. */
static void rate_note(const struct pools *p, const char *metric, const char *what, char *out,
                      size_t size)
{
    double v = ecs_diagram_metric(p->d, metric);
    char number[ECS_FORMAT_MAX];

    out[0] = '\0';
    if (!isnan(v))
        snprintf(out, size, "%s %% %s", ecs_format_number(v, number, sizeof number), what);
}

static void caches(struct pools *p, const uint64_t *v)
{
    unsigned n = v[ECS_POOLS_WORKERS] > SHOWN ? SHOWN : (unsigned)v[ECS_POOLS_WORKERS];
    char name[24], fill[64], note[96];
    uint64_t cap = v[ECS_POOLS_L1_CAP];

    rate_note(p, "l1.hit_rate", "of all calls end here", note, sizeof note);
    for (unsigned i = 0; i < n && p->y < p->r.y + p->r.h - 3; i++) {
        snprintf(name, sizeof name, "cache T%u", i);
        snprintf(fill, sizeof fill, "%llu of %llu", (unsigned long long)v[ECS_POOLS_L1 + i],
                 (unsigned long long)cap);
        row(p, name, cap ? (double)v[ECS_POOLS_L1 + i] / (double)cap : 0, fill, i == 0 ? note : "");
    }
}

static void between(struct pools *p, const char *text)
{
    if (!room(p))
        return;
    ecs_text(p->c, p->r.x + 2, p->y, 2, ECS_ROLE_KEY, ECS_BOLD, "\u2191\u2193");
    ecs_text_cut(p->c, p->r.x + NAME, p->y++, p->r.w - NAME, ECS_ROLE_MUTED, 0, text);
}

static void levels(struct pools *p, const uint64_t *v)
{
    char fill[96], note[96], text[96];

    caches(p, v);
    snprintf(text, sizeof text, "a whole batch of %llu at a time",
             (unsigned long long)v[ECS_POOLS_BATCH]);
    between(p, text);
    snprintf(fill, sizeof fill, "%llu batches, %llu blocks",
             (unsigned long long)v[ECS_POOLS_DEPOT_BATCHES],
             (unsigned long long)v[ECS_POOLS_DEPOT_BLOCKS]);
    rate_note(p, "l2.hit_rate", "of the rest end here", note, sizeof note);
    uint64_t all = v[ECS_POOLS_FROM_OS];
    row(p, "depot", all ? (double)v[ECS_POOLS_DEPOT_BLOCKS] / (double)all : 0, fill, note);
}

void ecs_diagram_pools(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_diagram *d)
{
    const uint64_t *v = d->picture->value;
    const char *variant = ecs_diagram_choice(d, "variant");
    struct pools p = {.c = c, .r = r, .y = r.y, .d = d};
    char text[96], number[ECS_FORMAT_MAX];

    p.bar = r.w - NAME - WORDS;
    p.bar = p.bar < LEAST_BAR ? LEAST_BAR : p.bar > 32 ? 32 : p.bar;
    if (v[ECS_POOLS_L1_CAP]) {
        levels(&p, v);
    } else if (strcmp(variant, "libc") == 0) {
        ecs_text_cut(c, r.x, p.y++, r.w, ECS_ROLE_TEXT, 0,
                     "The C library does not tell where its free blocks are.");
        return;
    } else if (strcmp(variant, "thread-local") == 0) {
        ecs_text_cut(
            c, r.x, p.y++, r.w, ECS_ROLE_TEXT, 0,
            "Each thread has a pool of its own: a block freed elsewhere goes home slowly.");
    } else {
        ecs_text_cut(c, r.x, p.y++, r.w, ECS_ROLE_TEXT, 0,
                     "No cache of its own for any thread: each call goes to the one shared pool.");
    }
    snprintf(text, sizeof text, "%s blocks asked for so far",
             ecs_format_si((double)v[ECS_POOLS_FROM_OS], "", number, sizeof number));
    row(&p, "system", NAN, text, "");
}
