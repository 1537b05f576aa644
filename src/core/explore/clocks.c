/* Happens-before by vector clocks, and the data races that it shows.
 *
 * Source: C. Flanagan, S. Freund, "FastTrack: Efficient and Precise Dynamic Race Detection", PLDI
 * 2009; fences and release sequences as in ISO/IEC 9899, 5.1.2.4. A thread's own component counts
 * its releases. */
#include <string.h>

#include "core/explore/engine.h"

static uint8_t index_of[256]; /* open addressing over addresses; 0 empty, else 1 + location */

void ecs_locations_reset(void)
{
    struct ecs_engine *e = &ecs_engine;
    memset(&e->sc_view, 0, sizeof e->sc_view);
    memset(index_of, 0, sizeof index_of);
    e->n_locations = 0;
}

struct ecs_location *ecs_location_of(const volatile void *p)
{
    struct ecs_engine *e = &ecs_engine;
    uint64_t at = (uint64_t)((const volatile char *)p - e->arena) + 1;
    uint64_t key = ecs_mix(at, 0x10c);
    unsigned i = (unsigned)key % sizeof index_of;
    while (index_of[i]) {
        if (e->location[index_of[i] - 1].p == p)
            return &e->location[index_of[i] - 1];
        i = (i + 1) % sizeof index_of;
    }
    if (e->n_locations == ECS_ENGINE_LOCATIONS) {
        ecs_engine_give_up("the program touches more locations than the model keeps (96)");
        return &e->location[0];
    }
    struct ecs_location *l = &e->location[e->n_locations++];
    memset(l, 0, offsetof(struct ecs_location, message));
    l->p = p;
    l->key = key;
    index_of[i] = (uint8_t)e->n_locations;
    return l;
}

unsigned ecs_location_index(const struct ecs_location *l)
{
    return (unsigned)(l - ecs_engine.location);
}

void ecs_clocks_join(struct ecs_clock *a, const struct ecs_clock *b)
{
    for (unsigned i = 0; i < ECS_EXPLORE_MAX_THREADS; i++)
        a->at[i] = a->at[i] > b->at[i] ? a->at[i] : b->at[i];
}

static void learn(struct ecs_thread *t, const struct ecs_clock *told, memory_order order)
{
    ecs_clocks_join(&t->acquired, told);
    if (ecs_order_acquires(order))
        ecs_clocks_join(&t->clock, told);
}

void ecs_clocks_load(struct ecs_thread *t, const volatile void *p, memory_order order)
{
    learn(t, &ecs_location_of(p)->released, order);
}

struct ecs_clock ecs_clocks_told(struct ecs_thread *t, memory_order order)
{
    struct ecs_clock told = ecs_order_releases(order) ? t->clock : t->released;
    if (ecs_order_releases(order))
        t->clock.at[t->self.id]++;
    return told;
}

void ecs_clocks_store(struct ecs_thread *t, const volatile void *p, memory_order order,
                      bool modify)
{
    struct ecs_location *l = ecs_location_of(p);
    struct ecs_clock told = ecs_clocks_told(t, order);
    if (modify) /* goes on with the release sequence */
        ecs_clocks_join(&told, &l->released);
    l->released = told;
}

void ecs_clocks_fence(struct ecs_thread *t, memory_order order)
{
    if (ecs_order_acquires(order))
        ecs_clocks_join(&t->clock, &t->acquired);
    if (order == memory_order_seq_cst) { /* all such fences are in one order */
        static const char all_fences = 0;
        struct ecs_location *l = ecs_location_of(&all_fences);
        ecs_clocks_join(&t->clock, &l->released);
        l->released = t->clock;
    }
    if (ecs_order_releases(order)) {
        t->released = t->clock;
        t->clock.at[t->self.id]++;
    }
}

static void race(const struct ecs_explore_site *site, const char *other, const char *file,
                 int line, unsigned thread)
{
    ecs_explore_fail(ECS_FINDING_RACE,
                     "%s (%s:%d) by thread %u, and the %s of thread %u (%s:%d): nothing orders "
                     "them", site->location, site->file, site->line, ecs_engine.now->self.id,
                     other, thread, file, line);
}

void ecs_clocks_plain(struct ecs_thread *t, const struct ecs_explore_site *site,
                      const volatile void *p, bool write)
{
    struct ecs_location *l = ecs_location_of(p);
    unsigned me = t->self.id;
    if (l->writer && l->writer != me + 1 && l->wrote_at > t->clock.at[l->writer - 1])
        race(site, "write", l->write_file, l->write_line, l->writer - 1u);
    for (unsigned i = 0; write && i < ECS_EXPLORE_MAX_THREADS; i++) {
        if (i != me && l->read_at[i] > t->clock.at[i])
            race(site, "read", l->read_file[i], l->read_line[i], i);
    }
    if (write) {
        l->writer = (uint8_t)(me + 1);
        l->wrote_at = t->clock.at[me];
        l->write_file = site->file;
        l->write_line = site->line;
        memset(l->read_at, 0, sizeof l->read_at);
    } else {
        l->read_at[me] = t->clock.at[me];
        l->read_file[me] = site->file;
        l->read_line[me] = site->line;
    }
}

static uint64_t hash_clock(uint64_t h, const struct ecs_clock *c)
{
    for (unsigned i = 0; i < ecs_engine.n_threads; i++)
        h = h * 0x9E3779B97F4A7C15ull + c->at[i];
    return ecs_mix(h, 1);
}

/* The order in which locations were met differs between schedules: their hashes are added. */
uint64_t ecs_clocks_key(void)
{
    struct ecs_engine *e = &ecs_engine;
    uint64_t h = 0;
    for (unsigned i = 0; i < e->n_threads; i++) {
        struct ecs_thread *t = &e->thread[i];
        h = hash_clock(hash_clock(hash_clock(h, &t->clock), &t->acquired), &t->released);
        for (unsigned k = 0; k < t->n_buffered; k++)
            h = hash_clock(h, &t->buffer[k].clock);
    }
    for (unsigned i = 0; i < e->n_locations; i++) {
        const struct ecs_location *l = &e->location[i];
        uint64_t one = hash_clock(l->key, &l->released);
        one = ecs_mix(one, l->writer * 65536u + l->wrote_at);
        for (unsigned k = 0; k < e->n_threads; k++)
            one = one * 0x9E3779B97F4A7C15ull + l->read_at[k];
        h += ecs_mix(one, 2);
    }
    return h;
}
