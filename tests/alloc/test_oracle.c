/* What an allocator may never get wrong, on every variant: blocks do not overlap, contents stay,
 * everything that was freed can be had again, whichever thread freed it and whether or not that
 * thread is still alive. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "variants.h"

#define WORKERS 4
#define HELD 300          /* more than the default cache: batches travel */
#define STEPS 30000
#define MAILBOX 64

struct block { unsigned char *at; size_t size; uint64_t owner; };

/* Blocks on their way to another thread. */
struct mailbox { pthread_mutex_t lock; struct block box[MAILBOX]; int n; };

struct party {
    const struct ecs_allocator *a;
    struct ecs_alloc *instance;
    struct mailbox mail;
    bool one_size;
};
struct guest { struct party *party; uint64_t seed; long bad; uint64_t allocs, frees; };

static bool post(struct mailbox *m, struct block b)
{
    pthread_mutex_lock(&m->lock);
    bool room = m->n < MAILBOX;
    if (room)
        m->box[m->n++] = b;
    pthread_mutex_unlock(&m->lock);
    return room;
}

static bool collect(struct mailbox *m, struct block *b)
{
    pthread_mutex_lock(&m->lock);
    bool any = m->n > 0;
    if (any)
        *b = m->box[--m->n];
    pthread_mutex_unlock(&m->lock);
    return any;
}

static void release(struct guest *g, struct block b)
{
    g->bad += !is_marked(b.at, b.size, b.owner);
    g->party->a->free(g->party->instance, b.at);
    g->frees++;
}

static bool acquire(struct guest *g, struct block *b, uint64_t owner)
{
    b->size = g->party->one_size ? 64 : next_random(&g->seed) % ECS_ALLOC_MAX + 1;
    if (!g->party->one_size && next_random(&g->seed) % 4)
        b->size = b->size % 128 + 1;
    b->owner = owner;
    b->at = g->party->a->alloc(g->party->instance, b->size);
    if (!b->at)
        return false;
    g->bad += (uintptr_t)b->at % (b->size > 8 ? 16 : 8) != 0;
    mark(b->at, b->size, b->owner);
    g->allocs++;
    return true;
}

static void *dance(void *arg)
{
    struct guest *g = arg;
    struct block held[HELD], b;
    int n = 0;
    uint64_t owner = g->seed;
    for (int step = 0; step < STEPS; step++) {
        uint64_t what = next_random(&g->seed) % 8;
        if (n < HELD && what < 4) {
            if (acquire(g, &held[n], ++owner))
                n++;
            else
                g->bad++;
        } else if (n && what < 6) {
            int i = (int)(next_random(&g->seed) % (uint64_t)n);
            release(g, held[i]);
            held[i] = held[--n];
        } else if (n && what == 6) {
            if (post(&g->party->mail, held[n - 1]))
                n--;
        } else if (collect(&g->party->mail, &b)) {
            release(g, b);
        }
    }
    while (n)
        release(g, held[--n]);
    return NULL;
}

static void have_party(const struct ecs_allocator *a, struct ecs_alloc *instance, bool one_size,
                       uint64_t *allocs, uint64_t *frees)
{
    struct party party = { .a = a, .instance = instance, .one_size = one_size,
                           .mail.lock = PTHREAD_MUTEX_INITIALIZER };
    struct guest guest[WORKERS];
    pthread_t thread[WORKERS];
    struct block b;
    for (int i = 0; i < WORKERS; i++) {
        guest[i] = (struct guest){ .party = &party, .seed = 77777u * (unsigned)(i + 1) };
        ck_assert_int_eq(pthread_create(&thread[i], NULL, dance, &guest[i]), 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(thread[i], NULL);
        ck_assert_int_eq(guest[i].bad, 0);
        *allocs += guest[i].allocs;
        *frees += guest[i].frees;
    }
    while (collect(&party.mail, &b)) {
        ck_assert(is_marked(b.at, b.size, b.owner));
        a->free(instance, b.at);
        ++*frees;
    }
}

/* Sizes of all kinds, blocks handed between threads, small caches so that batches travel. */
START_TEST(nothing_overlaps)
{
    const struct ecs_allocator *a = ecs_allocators[_i];
    static const uint32_t l1[] = { 0, 1, 2, 7, 256 };
    for (size_t i = 0; i < sizeof l1 / sizeof l1[0]; i++) {
        struct ecs_alloc *instance = make(a, l1[i]);
        struct ecs_alloc_stats stats;
        uint64_t allocs = 0, frees = 0;
        have_party(a, instance, i % 2, &allocs, &frees);
        ck_assert_uint_eq(allocs, frees);
        a->thread_flush(instance);
        a->stats(instance, &stats);
        if (a->has) {
            ck_assert_uint_eq(stats.allocs, allocs);
            ck_assert_uint_eq(stats.frees, frees);
        }
        a->destroy(instance);
    }
}
END_TEST

/* ---- conservation -------------------------------------------------------------------------- */

#define MANY 5000

struct batch {
    const struct ecs_allocator *a;
    struct ecs_alloc *instance;
    size_t n;
    void *block[];
};

static void *take_all(void *arg)
{
    struct batch *b = arg;
    for (size_t i = 0; i < b->n; i++) {
        b->block[i] = b->a->alloc(b->instance, 48);
        if (!b->block[i])
            abort();
    }
    return NULL;
}

static void *give_all(void *arg)
{
    struct batch *b = arg;
    for (size_t i = 0; i < b->n; i++)
        b->a->free(b->instance, b->block[i]);
    return NULL;
}

static void in_a_thread(void *(*what)(void *), struct batch *b)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, what, b), 0);
    pthread_join(thread, NULL);
}

static int by_address(const void *x, const void *y)
{
    uintptr_t a = (uintptr_t)*(void *const *)x, b = (uintptr_t)*(void *const *)y;
    return (a > b) - (a < b);
}

static void expect_distinct(struct batch *b)
{
    qsort(b->block, b->n, sizeof b->block[0], by_address);
    for (size_t i = 1; i < b->n; i++)
        ck_assert_uint_ge((uintptr_t)b->block[i] - (uintptr_t)b->block[i - 1], 48);
}

static uint64_t os_blocks(const struct batch *b)
{
    struct ecs_alloc_stats stats;
    b->a->stats(b->instance, &stats);
    return stats.os_blocks;
}

static struct batch *new_batch(const struct ecs_allocator *a, uint32_t l1, size_t n)
{
    struct batch *b = calloc(1, sizeof *b + n * sizeof b->block[0]);
    ck_assert_ptr_nonnull(b);
    b->a = a;
    b->instance = make(a, l1);
    b->n = n;
    return b;
}

/* One thread takes, another gives back, both end; then a third, which was there all the time, finds
 * every block again and needs no new one: what a thread cached does not die with it, and no
 * block exists twice. */
START_TEST(nothing_is_lost_with_a_thread)
{
    struct batch *b = new_batch(ecs_allocators[_i], 0, MANY);
    void *mine = b->a->alloc(b->instance, 48);
    struct ecs_alloc_stats stats;
    in_a_thread(take_all, b);
    in_a_thread(give_all, b);
    uint64_t before = os_blocks(b);
    ck_assert_uint_le(before, MANY + 2 * 32);   /* two threads, each with one batch begun */
    for (int round = 0; round < 3; round++) {
        take_all(b);
        ck_assert_uint_eq(os_blocks(b), before);
        expect_distinct(b);
        give_all(b);
    }
    b->a->free(b->instance, mine);
    b->a->thread_flush(b->instance);
    if (b->a->has) {
        b->a->stats(b->instance, &stats);
        ck_assert_uint_eq(stats.allocs, 4 * MANY + 1);
        ck_assert_uint_eq(stats.frees, 4 * MANY + 1);
    }
    b->a->destroy(b->instance);
    free(b);
}
END_TEST

/* The same without an end: thread_flush() makes all that one living thread cached another's. */
struct neighbour { struct batch *b; pthread_barrier_t both; };

static void *wait_and_take(void *arg)
{
    struct neighbour *n = arg;
    void *mine = n->b->a->alloc(n->b->instance, 48);
    pthread_barrier_wait(&n->both);   /* has a record of its own */
    pthread_barrier_wait(&n->both);   /* the other one has flushed */
    take_all(n->b);
    n->b->a->free(n->b->instance, mine);
    return NULL;
}

START_TEST(flush_hands_everything_back)
{
    struct neighbour n = { .b = new_batch(ecs_allocators[_i], 0, MANY) };
    struct ecs_alloc_stats stats;
    uint64_t cached;
    pthread_t thread;
    pthread_barrier_init(&n.both, NULL, 2);
    ck_assert_int_eq(pthread_create(&thread, NULL, wait_and_take, &n), 0);
    pthread_barrier_wait(&n.both);
    take_all(n.b);
    give_all(n.b);
    uint64_t before = os_blocks(n.b);
    n.b->a->thread_flush(n.b->instance);
    n.b->a->thread_stats(n.b->instance, &stats, &cached);
    ck_assert_uint_eq(cached, 0);
    pthread_barrier_wait(&n.both);
    pthread_join(thread, NULL);
    ck_assert_uint_eq(os_blocks(n.b), before);
    expect_distinct(n.b);
    give_all(n.b);
    n.b->a->destroy(n.b->instance);
    pthread_barrier_destroy(&n.both);
    free(n.b);
}
END_TEST

/* Batches of one block, and more of them than the depot has magazines for. */
START_TEST(a_full_depot_loses_nothing)
{
    struct batch *b = new_batch(&ecs_allocator_two_level, 1, 140000);
    struct ecs_alloc_stats stats;
    take_all(b);
    give_all(b);
    b->a->stats(b->instance, &stats);
    ck_assert_uint_lt(stats.l2_puts, 139000);   /* it was full */
    uint64_t before = os_blocks(b);
    take_all(b);
    ck_assert_uint_eq(os_blocks(b), before);
    expect_distinct(b);
    give_all(b);
    b->a->destroy(b->instance);
    free(b);
}
END_TEST

/* As many blocks of 8 bytes as the pool has numbers for: NULL then, and all of them again later. */
START_TEST(a_full_pool_loses_nothing)
{
    const struct ecs_allocator *a = &ecs_allocator_lockfree;
    struct batch *b = new_batch(a, 0, 1 << 20);
    size_t n = 0, again = 0;
    while (n < b->n && (b->block[n] = a->alloc(b->instance, 8)))
        n++;
    ck_assert_int_eq(errno, ENOMEM);
    ck_assert_uint_gt(n, 400000);
    ck_assert_uint_lt(n, b->n);
    uint64_t before = os_blocks(b);
    for (int i = 0; i < 1000; i++)
        ck_assert_ptr_null(a->alloc(b->instance, 8));
    ck_assert_uint_eq(os_blocks(b), before);
    for (size_t i = 0; i < n; i++)
        a->free(b->instance, b->block[i]);
    while (again < b->n && (b->block[again] = a->alloc(b->instance, 8)))
        again++;
    ck_assert_uint_eq(again, n);
    a->destroy(b->instance);
    free(b);
}
END_TEST

/* ---- two owners ---------------------------------------------------------------------------- */

struct pair { const struct ecs_allocator *a; struct ecs_alloc *instance; atomic_ulong doubled; };

static _Atomic uint64_t *take_marked(struct pair *p, uint64_t me)
{
    _Atomic uint64_t *block = p->a->alloc(p->instance, 64);
    atomic_store_explicit(block, me, memory_order_relaxed);
    return block;
}

static void *take_two(void *arg)
{
    struct pair *p = arg;
    uint64_t me = (uint64_t)(uintptr_t)&p;
    for (int i = 0; i < 200000; i++) {
        _Atomic uint64_t *x = take_marked(p, me), *y = take_marked(p, me + 1);
        if (atomic_load_explicit(x, memory_order_relaxed) != me ||
            atomic_load_explicit(y, memory_order_relaxed) != me + 1)
            atomic_fetch_add(&p->doubled, 1);
        p->a->free(p->instance, x);
        p->a->free(p->instance, y);
    }
    return NULL;
}

/* The pattern that ABA needs: a few blocks that go round and round between threads. */
START_TEST(no_block_has_two_owners)
{
    struct pair p = { .a = ecs_allocators[_i], .instance = make(ecs_allocators[_i], 1) };
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, take_two, &p), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    ck_assert_uint_eq(atomic_load(&p.doubled), 0);
    p.a->destroy(p.instance);
}
END_TEST

/* ---- borders ------------------------------------------------------------------------------- */

START_TEST(sizes_out_of_range)
{
    const struct ecs_allocator *a = ecs_allocators[_i];
    struct ecs_alloc *instance = make(a, 0);
    static const size_t wrong[] = { 0, ECS_ALLOC_MAX + 1, SIZE_MAX };
    for (size_t i = 0; i < 3; i++) {
        errno = 0;
        ck_assert_ptr_null(a->alloc(instance, wrong[i]));
        ck_assert_int_eq(errno, EINVAL);
    }
    a->free(instance, NULL);
    a->destroy(instance);
}
END_TEST

#ifndef __SANITIZE_THREAD__   /* it has taken its own leave of a thread by then */
/* A destructor of somebody else's thread-specific data that still allocates, round after round, to
 * the very end of the thread, when ecs_self() has nothing left to give. */
static pthread_key_t late_key;
static struct { const struct ecs_allocator *a; struct ecs_alloc *instance; } late;
static int late_calls;

static void allocate_late(void *value)
{
    unsigned char *block = late.a->alloc(late.instance, 100);
    if (!block)
        abort();
    mark(block, 100, 5);
    late.a->free(late.instance, block);
    late_calls++;
    pthread_setspecific(late_key, value);
}

static void *end_late(void *arg)
{
    allocate_late(arg);
    return NULL;
}

START_TEST(a_destructor_may_allocate)
{
    late.a = ecs_allocators[_i];
    late.instance = make(late.a, 0);
    late_calls = 0;
    ck_assert_int_eq(pthread_key_create(&late_key, allocate_late), 0);
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        ck_assert_int_eq(pthread_create(&thread, NULL, end_late, &late), 0);
        pthread_join(thread, NULL);
    }
    ck_assert_int_ge(late_calls, 20 * 3);
    struct ecs_alloc_stats stats;
    late.a->stats(late.instance, &stats);
    if (late.a->has) {
        ck_assert_uint_eq(stats.allocs, (uint64_t)late_calls);
        ck_assert_uint_eq(stats.frees, (uint64_t)late_calls);
    }
    late.a->destroy(late.instance);
    pthread_key_delete(late_key);
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("allocators");
    TCase *t = tcase_create("oracle");
    tcase_set_timeout(t, 100);
    tcase_add_loop_test(t, nothing_overlaps, 0, n_variants());
    tcase_add_loop_test(t, nothing_is_lost_with_a_thread, 0, n_variants());
    tcase_add_loop_test(t, flush_hands_everything_back, 0, n_variants());
    tcase_add_loop_test(t, sizes_out_of_range, 0, n_variants());
    tcase_add_loop_test(t, no_block_has_two_owners, 0, n_variants());
    tcase_add_test(t, a_full_depot_loses_nothing);
    tcase_add_test(t, a_full_pool_loses_nothing);
#ifndef __SANITIZE_THREAD__
    tcase_add_loop_test(t, a_destructor_may_allocate, 0, n_variants());
#endif
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
