#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/lockfree/hazard.h"
#include "crew.h"

static struct ecs_hazard_domain domain;
static struct ecs_hazard_stats stats;

struct node {
    struct ecs_retired retired;
    int value;      /* plain on purpose: ThreadSanitizer watches who touches it when */
    int reclaimed;
    struct node *next;
};

static void mark(void *what, void *ctx)
{
    struct node *node = what;
    node->reclaimed++;
    if (ctx)
        ++*(unsigned *)ctx;
}

static void retire(struct ecs_hazard_record *mine, struct node *node, void *ctx)
{
    ecs_hazard_retire(mine, &node->retired, node, sizeof *node, mark, ctx);
}

static void setup(void)
{
    ck_assert_int_eq(ecs_hazard_init(&domain, 2), 0);
}

START_TEST(bad_slot_counts_are_refused)
{
    static struct ecs_hazard_domain other;
    ck_assert_int_eq(ecs_hazard_init(&other, 0), -EINVAL);
    ck_assert_int_eq(ecs_hazard_init(&other, ECS_HAZARD_MAX_SLOTS + 1), -EINVAL);
    ck_assert_int_eq(ecs_hazard_init(&other, ECS_HAZARD_MAX_SLOTS), 0);
    ecs_hazard_destroy(&other);
}
END_TEST

START_TEST(a_destroyed_domain_gives_its_key_back)
{
    static struct ecs_hazard_domain other;
    for (int i = 0; i < 3 * ECS_SELF_SLOTS; i++) {
        struct node node = {.value = i};
        ck_assert_int_eq(ecs_hazard_init(&other, 1), 0);
        retire(ecs_hazard_mine(&other), &node, NULL);
        ecs_hazard_destroy(&other);
        ck_assert_int_eq(node.reclaimed, 1);
    }
}
END_TEST

START_TEST(the_record_is_the_same_until_the_thread_leaves)
{
    struct ecs_hazard_record *mine = ecs_hazard_mine(&domain);
    ck_assert_ptr_nonnull(mine);
    ck_assert_ptr_eq(ecs_hazard_mine(&domain), mine);
    ecs_self_leave();
    ck_assert_ptr_eq(ecs_hazard_mine(&domain), mine);  /* same id, same record, chained once */
    ecs_hazard_read(&domain, &stats);
    ck_assert_uint_eq(stats.records, 1);
    ck_assert_uint_eq(stats.slots, 2);
}
END_TEST

START_TEST(protect_returns_what_is_there)
{
    struct ecs_hazard_record *mine = ecs_hazard_mine(&domain);
    struct node node;
    struct ecs_hazard_seen seen[4];
    static _Atomic(void *) root;
    ck_assert_ptr_null(ecs_hazard_protect(mine, 0, &root));
    ck_assert_uint_eq(ecs_hazard_peek(&domain, seen, 4), 0);
    ecs_store_seq_cst(&root, &node);
    ck_assert_ptr_eq(ecs_hazard_protect(mine, 1, &root), &node);
    ck_assert_uint_eq(ecs_hazard_peek(&domain, seen, 4), 1);
    ck_assert_uint_eq(seen[0].thread, ecs_self()->id);
    ck_assert_uint_eq(seen[0].slot, 1);
    ck_assert_ptr_eq(seen[0].node, &node);
    ck_assert_uint_eq(ecs_hazard_peek(&domain, seen, 0), 0);
    ecs_hazard_clear(mine, 1);
    ck_assert_uint_eq(ecs_hazard_peek(&domain, seen, 4), 0);
}
END_TEST

START_TEST(a_protected_node_stays_and_others_go)
{
    struct ecs_hazard_record *mine = ecs_hazard_mine(&domain);
    struct node node[3] = {{.value = 1}};
    ecs_hazard_publish(mine, 0, &node[1]);
    for (int i = 0; i < 3; i++)
        retire(mine, &node[i], NULL);
    ecs_hazard_scan(mine);
    ck_assert_int_eq(node[0].reclaimed, 1);
    ck_assert_int_eq(node[1].reclaimed, 0);
    ck_assert_int_eq(node[2].reclaimed, 1);
    ecs_hazard_read(&domain, &stats);
    ck_assert_uint_eq(stats.retired, 3);
    ck_assert_uint_eq(stats.reclaimed, 2);
    ck_assert_uint_eq(stats.pending, 1);
    ck_assert_uint_eq(stats.pending_bytes, sizeof *node);
    ck_assert_uint_eq(ecs_hazard_scan(mine), 0);
    ecs_hazard_clear(mine, 0);
    ck_assert_uint_eq(ecs_hazard_scan(mine), 1);
    ck_assert_int_eq(node[1].reclaimed, 1);
    ecs_hazard_read(&domain, &stats);
    ck_assert_uint_eq(stats.pending, 0);
    ck_assert_uint_eq(stats.pending_bytes, 0);
    ck_assert_uint_ge(stats.peak_pending, 3);
}
END_TEST

START_TEST(pending_is_bounded_without_asking)
{
    struct ecs_hazard_record *mine = ecs_hazard_mine(&domain);
    static struct node node[1000];
    for (int i = 0; i < 1000; i++) {
        if (i == 10)
            ecs_hazard_publish(mine, 0, &node[10]);
        if (i == 11)
            ecs_hazard_publish(mine, 1, &node[11]);
        retire(mine, &node[i], NULL);
        ecs_hazard_read(&domain, &stats);
        ck_assert_uint_lt(stats.pending, 2 * 1 * 2);
    }
    ck_assert_uint_ge(stats.scans, 200);
    ck_assert_uint_le(stats.scans, 1000);
    ck_assert_uint_le(stats.peak_pending, 4);
    ck_assert_int_eq(node[10].reclaimed + node[11].reclaimed, 0);
}
END_TEST

static struct { struct node node[20][ECS_HAZARD_MAX_SLOTS]; pthread_barrier_t held, judged; } hold;
static struct ecs_hazard_domain wide;

static void hold_eight(unsigned number, void *arg)
{
    (void)arg;
    struct ecs_hazard_record *mine = ecs_hazard_mine(&wide);
    for (unsigned i = 0; i < ECS_HAZARD_MAX_SLOTS; i++)
        ecs_hazard_publish(mine, i, &hold.node[number][i]);
    pthread_barrier_wait(&hold.held);
    pthread_barrier_wait(&hold.judged);
}

/* 160 hazard pointers: more than a scan reads at a time. */
START_TEST(many_threads_are_all_respected)
{
    static struct node loose[400];
    struct crew crew;
    ck_assert_int_eq(ecs_hazard_init(&wide, ECS_HAZARD_MAX_SLOTS), 0);
    pthread_barrier_init(&hold.held, NULL, 21);
    pthread_barrier_init(&hold.judged, NULL, 21);
    struct ecs_hazard_record *mine = ecs_hazard_mine(&wide);
    crew_start(&crew, 20, hold_eight, NULL);
    pthread_barrier_wait(&hold.held);
    for (int i = 0; i < 160; i++)
        retire(mine, &hold.node[i / 8][i % 8], NULL);
    for (int i = 0; i < 400; i++)
        retire(mine, &loose[i], NULL);
    ecs_hazard_scan(mine);
    for (int i = 0; i < 400; i++)
        ck_assert_int_eq(loose[i].reclaimed, 1);
    for (int i = 0; i < 160; i++)
        ck_assert_int_eq(hold.node[i / 8][i % 8].reclaimed, 0);
    pthread_barrier_wait(&hold.judged);
    crew_join(&crew);
    ck_assert_uint_eq(ecs_hazard_scan(mine), 160);
    for (int i = 0; i < 160; i++)
        ck_assert_int_eq(hold.node[i / 8][i % 8].reclaimed, 1);
    ecs_hazard_destroy(&wide);
}
END_TEST

static void retire_one_and_exit(unsigned number, void *arg)
{
    (void)number;
    retire(ecs_hazard_mine(&domain), arg, NULL);
}

START_TEST(the_nodes_of_a_dead_thread_are_adopted)
{
    struct ecs_hazard_record *mine = ecs_hazard_mine(&domain);
    struct node node = {.value = 5};
    ecs_hazard_publish(mine, 0, &node);
    crew_run(1, retire_one_and_exit, &node);
    ecs_hazard_read(&domain, &stats);
    ck_assert_uint_eq(stats.pending, 1);
    ck_assert_uint_eq(stats.pending_bytes, sizeof node);
    ck_assert_uint_eq(stats.adopted, 0);
    ck_assert_uint_eq(ecs_hazard_scan(mine), 0);  /* adopted, still protected */
    ck_assert_int_eq(node.value, 5);
    ecs_hazard_clear(mine, 0);
    ck_assert_uint_eq(ecs_hazard_scan(mine), 1);
    ck_assert_int_eq(node.reclaimed, 1);
    ecs_hazard_read(&domain, &stats);
    ck_assert_uint_eq(stats.adopted, 1);
    ck_assert_uint_eq(stats.pending, 0);
    ck_assert_uint_eq(stats.pending_bytes, 0);
}
END_TEST

static void publish_and_exit(unsigned number, void *arg)
{
    (void)number;
    ecs_hazard_publish(ecs_hazard_mine(&domain), 0, arg);
}

START_TEST(a_dead_thread_protects_nothing)
{
    struct node node = {.value = 1};
    crew_run(1, publish_and_exit, &node);
    struct ecs_hazard_record *mine = ecs_hazard_mine(&domain);
    retire(mine, &node, NULL);
    ecs_hazard_scan(mine);
    ck_assert_int_eq(node.reclaimed, 1);
}
END_TEST

static struct node chain_node[50];

static int depth;

static void retire_next(void *what, void *ctx)
{
    struct node *node = what;
    node->reclaimed++;
    ck_assert_int_eq(depth++, 0);  /* however long the chain, the machine's stack stays flat */
    if (node + 1 < chain_node + 50)
        ecs_hazard_retire(ecs_hazard_mine(&domain), &node[1].retired, &node[1], 0, retire_next,
                          ctx);
    ecs_hazard_scan(ecs_hazard_mine(&domain));
    depth--;
}

START_TEST(a_reclaim_function_may_retire)
{
    struct ecs_hazard_record *mine = ecs_hazard_mine(&domain);
    ecs_hazard_retire(mine, &chain_node[0].retired, &chain_node[0], 0, retire_next, NULL);
    for (int i = 0; i < 50; i++)
        ecs_hazard_scan(mine);
    for (int i = 0; i < 50; i++)
        ck_assert_int_eq(chain_node[i].reclaimed, 1);
}
END_TEST

/* Readers look at a node that writers keep replacing. A reclaimed node is poisoned and used again,
 * with plain stores: a reader that still looked would see it, and ThreadSanitizer too. */
enum { READERS = 2, WRITERS = 2, NODES = 80, TURNS = 15000 };
static struct {
    _Atomic(void *) root;
    _Atomic(struct node *) spare;  /* taken all at once, so there is no ABA on it */
    _Atomic unsigned writing, poisoned_reads;
    struct node node[NODES];
} arena;

static void give_back(struct node *first, struct node *last)
{
    struct node *spare = ecs_load_relaxed(&arena.spare);
    do
        last->next = spare;
    while (!ecs_cas_weak_release_relaxed(&arena.spare, &spare, first));
}

static void poison_and_return(void *what, void *ctx)
{
    (void)ctx;
    struct node *node = what;
    node->value = -1;
    give_back(node, node);
}

static struct node *take(struct node **mine)
{
    while (!*mine) {
        *mine = ecs_exchange_acquire(&arena.spare, NULL);
        if (!*mine) {
            ecs_hazard_scan(ecs_hazard_mine(&domain));
            sched_yield();
        }
    }
    struct node *node = *mine;
    *mine = node->next;
    return node;
}

static void replace(void)
{
    struct ecs_hazard_record *mine = ecs_hazard_mine(&domain);
    struct node *spare = NULL;
    for (int i = 0; i < TURNS; i++) {
        struct node *node = take(&spare);
        node->value = i + 1;
        struct node *old = ecs_exchange_seq_cst(&arena.root, node);
        ecs_hazard_retire(mine, &old->retired, old, sizeof *old, poison_and_return, NULL);
    }
    while (spare) {
        struct node *next = spare->next;
        give_back(spare, spare);
        spare = next;
    }
    ecs_fetch_sub_release(&arena.writing, 1);
}

static void look(void)
{
    struct ecs_hazard_record *mine = ecs_hazard_mine(&domain);
    do {
        struct node *node = ecs_hazard_protect(mine, 0, &arena.root);
        if (node->value <= 0)
            ecs_fetch_add_relaxed(&arena.poisoned_reads, 1);
        ecs_hazard_clear(mine, 0);
    } while (ecs_load_acquire(&arena.writing) > 0);
}

static void read_or_write(unsigned number, void *arg)
{
    (void)arg;
    if (number < WRITERS)
        replace();
    else if (number < WRITERS + READERS)
        look();
    else {
        struct ecs_hazard_stats seen;  /* the sampler's part: no lock, no join */
        do {
            ecs_hazard_read(&domain, &seen);
            ck_assert_uint_le(seen.pending, 4 * NODES);
            ecs_sleep_until_ns(ecs_now_ns() + ECS_NS_PER_MS / 10);
        } while (ecs_load_acquire(&arena.writing) > 0);
    }
}

START_TEST(no_reader_ever_sees_a_reclaimed_node)
{
    for (int i = 1; i < NODES; i++)
        give_back(&arena.node[i], &arena.node[i]);
    arena.node[0].value = 1;
    ecs_store_release(&arena.root, &arena.node[0]);
    arena.writing = WRITERS;
    crew_run(WRITERS + READERS + 1, read_or_write, NULL);
    ck_assert_uint_eq(arena.poisoned_reads, 0);
    ecs_hazard_drain(&domain);
    ecs_hazard_read(&domain, &stats);
    ck_assert_uint_eq(stats.retired, WRITERS * TURNS);
    ck_assert_uint_eq(stats.reclaimed, WRITERS * TURNS);
    ck_assert_uint_eq(stats.pending, 0);
    ck_assert_uint_eq(stats.pending_bytes, 0);
    ecs_hazard_destroy(&domain);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("hazard");
    tcase_set_timeout(tc, 110);
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, bad_slot_counts_are_refused);
    tcase_add_test(tc, a_destroyed_domain_gives_its_key_back);
    tcase_add_test(tc, the_record_is_the_same_until_the_thread_leaves);
    tcase_add_test(tc, protect_returns_what_is_there);
    tcase_add_test(tc, a_protected_node_stays_and_others_go);
    tcase_add_test(tc, pending_is_bounded_without_asking);
    tcase_add_test(tc, many_threads_are_all_respected);
    tcase_add_test(tc, the_nodes_of_a_dead_thread_are_adopted);
    tcase_add_test(tc, a_dead_thread_protects_nothing);
    tcase_add_test(tc, a_reclaim_function_may_retire);
    tcase_add_test(tc, no_reader_ever_sees_a_reclaimed_node);
    Suite *s = suite_create("hazard");
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
