/* A reader against a reclaimer. Thread 0 finds a node and reads it under protection; thread 1 unlinks
 * the node, retires it and tries to reclaim it; thread 2 (epochs only) moves the epoch on, as
 * any other user of the domain would.
 *
 * Reclaiming writes to the node without any atomic operation, as free() may. So it must be ordered
 * behind the reader's reads: if it is not, that is a data race, in every model. */
#include <stdio.h>

#include "core/explore/programs/programs.h"
#include "core/lockfree/epoch.h"
#include "core/lockfree/hazard.h"

enum variant { HAZARD, EPOCH, NOFENCE, NORECHECK, NOGUARD, TWO };
enum { WHOLE = 7, RECLAIMED = 0xdd };

struct node {
    struct ecs_retired retired;
    uint32_t value;
};

struct state {
    _Atomic(void *) root;
    struct node node;
    bool epochs;
    struct ecs_hazard_record *hazard_of[3];
    struct ecs_epoch_record *epoch_of[3];
    struct ecs_hazard_domain hazard;
    struct ecs_epoch_domain epoch;
};

static const char *const variants[] = {"hazard", "epoch", "hazard-nofence", "hazard-norecheck",
                                       "epoch-noguard", "epoch-two", NULL};
static const struct ecs_program_param params[] = {
    {.name = "variant", .choices = variants, .def = HAZARD,
     .help = "what protects the node, or what was taken away"},
};

static bool by_epochs(const int *values)
{
    return values[0] == EPOCH || values[0] == NOGUARD || values[0] == TWO;
}

static size_t state_size(const int *values) { (void)values; return sizeof(struct state); }
static unsigned threads(const int *values) { return by_epochs(values) ? 3 : 2; }

static void setup(void *state, const int *values)
{
    struct state *s = state;
    s->epochs = by_epochs(values);
    s->node.value = WHOLE;
    ecs_init(&s->root, &s->node);
    if (s->epochs)
        ecs_epoch_init(&s->epoch);
    else
        ecs_hazard_init(&s->hazard, 1);
    for (unsigned t = 0; t < threads(values); t++) {
        ecs_explore_as(t);
        if (s->epochs)
            s->epoch_of[t] = ecs_epoch_mine(&s->epoch);
        else
            s->hazard_of[t] = ecs_hazard_mine(&s->hazard);
    }
}

static void reclaim(void *what, void *ctx)
{
    struct node *node = what;
    (void)ctx;
    ecs_plain_write(&node->value, RECLAIMED);
}

static void look_at(struct node *node)
{
    if (node && ecs_plain_read(&node->value) != WHOLE)
        ecs_explore_fail(ECS_FINDING_INVARIANT, "the node that is being read has been reclaimed");
}

static void with_hazards(struct state *s, unsigned thread)
{
    struct ecs_hazard_record *me = s->hazard_of[thread];
    if (thread == 0) {
        look_at(ecs_hazard_protect(me, 0, &s->root));
        ecs_hazard_clear(me, 0);
        return;
    }
    struct node *node = ecs_exchange_seq_cst(&s->root, NULL);
    ecs_hazard_retire(me, &node->retired, node, sizeof *node, reclaim, NULL);
    ecs_hazard_scan(me);
}

static void with_epochs(struct state *s, unsigned thread)
{
    struct ecs_epoch_record *me = s->epoch_of[thread];
    if (thread == 0) {
        ecs_epoch_enter(me);
        look_at(ecs_load_seq_cst(&s->root));
        ecs_epoch_leave(me);
    } else if (thread == 1) {
        struct node *node = ecs_exchange_seq_cst(&s->root, NULL);
        ecs_epoch_retire(me, &node->retired, node, sizeof *node, reclaim, NULL);
        ecs_epoch_poll(me);
        ecs_epoch_poll(me);
    } else {
        ecs_epoch_try_advance(me);
    }
}

static void body(void *state, unsigned thread)
{
    struct state *s = state;
    if (s->epochs)
        with_epochs(s, thread);
    else
        with_hazards(s, thread);
}

static uint64_t final(const void *state)
{
    const struct state *s = state;
    return s->node.value * 2 + (ecs_count_read(&s->root) != NULL);
}

static void place(const void *state, const void *address, char *out, size_t size)
{
    const struct state *s = state;
    if (address == &s->root)
        snprintf(out, size, "root");
    if (address == &s->epoch.epoch)
        snprintf(out, size, "epoch");
    for (int t = 0; t < 3; t++) {
        if (s->hazard_of[t] && address == &s->hazard_of[t]->slot[0])
            snprintf(out, size, "hazard[%d]", t);
        if (s->epoch_of[t] && address == &s->epoch_of[t]->state)
            snprintf(out, size, "reading[%d]", t);
    }
}

#ifndef ECS_BUILD
extern const struct ecs_program ecs_program_reclaim_nofence, ecs_program_reclaim_norecheck,
    ecs_program_reclaim_noguard, ecs_program_reclaim_two;

static const struct ecs_program *build(const int *values)
{
    switch (values[0]) {
    case NOFENCE: return &ecs_program_reclaim_nofence;
    case NORECHECK: return &ecs_program_reclaim_norecheck;
    case NOGUARD: return &ecs_program_reclaim_noguard;
    case TWO: return &ecs_program_reclaim_two;
    default: return NULL;
    }
}
#define BUILD build
#else
#define BUILD NULL
#endif

const struct ecs_program ecs_program_reclaim = {
    .name = "reclaim", .summary = "read under protection || unlink, retire, reclaim",
    .params = params, .n_params = 1, .build = BUILD, .state_size = state_size,
    .threads = threads, .setup = setup, .body = body, .final = final, .place = place};
