#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/lockfree/epoch.h"
#include "crew.h"

static struct ecs_epoch_domain domain;
static struct ecs_epoch_stats stats;

struct node {
    struct ecs_retired retired;
    int value;  /* plain on purpose: ThreadSanitizer watches who touches it when */
    int reclaimed;
    struct node *next;
};

static void mark(void *what, void *ctx)
{
    (void)ctx;
    ((struct node *)what)->reclaimed++;
}

static void retire(struct ecs_epoch_record *mine, struct node *node)
{
    ecs_epoch_retire(mine, &node->retired, node, sizeof *node, mark, NULL);
}

static void setup(void)
{
    ck_assert_int_eq(ecs_epoch_init(&domain), 0);
}

START_TEST(a_destroyed_domain_gives_its_key_back)
{
    static struct ecs_epoch_domain other;
    for (int i = 0; i < 3 * ECS_SELF_SLOTS; i++) {
        struct node node = {.value = i};
        ck_assert_int_eq(ecs_epoch_init(&other), 0);
        retire(ecs_epoch_mine(&other), &node);
        ecs_epoch_destroy(&other);
        ck_assert_int_eq(node.reclaimed, 1);
    }
}
END_TEST

START_TEST(the_record_is_the_same_until_the_thread_leaves)
{
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    ck_assert_ptr_eq(ecs_epoch_mine(&domain), mine);
    ecs_self_leave();
    ck_assert_ptr_eq(ecs_epoch_mine(&domain), mine);
    ecs_epoch_read(&domain, &stats);
    ck_assert_uint_eq(stats.records, 1);
}
END_TEST

START_TEST(two_advances_from_retire_to_reclaim)
{
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    struct node node = {.value = 1};
    retire(mine, &node);
    ecs_epoch_read(&domain, &stats);
    uint64_t epoch = stats.epoch;
    ck_assert_uint_eq(stats.pending, 1);
    ck_assert_uint_eq(stats.pending_bytes, sizeof node);
    ck_assert_uint_eq(ecs_epoch_poll(mine), 0);
    ck_assert_int_eq(node.reclaimed, 0);
    ck_assert_uint_eq(ecs_epoch_poll(mine), 1);
    ck_assert_int_eq(node.reclaimed, 1);
    ecs_epoch_read(&domain, &stats);
    ck_assert_uint_eq(stats.epoch, epoch + 2);
    ck_assert_uint_eq(stats.advances, 2);
    ck_assert_uint_eq(stats.pending, 0);
    ck_assert_uint_eq(stats.pending_bytes, 0);
    ck_assert_uint_eq(stats.peak_pending, 1);
}
END_TEST

START_TEST(sections_nest)
{
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    struct ecs_epoch_seen seen[2];
    ecs_epoch_enter(mine);
    ecs_epoch_enter(mine);
    ecs_epoch_leave(mine);
    ck_assert_uint_eq(ecs_epoch_peek(&domain, seen, 2), 1);
    ck_assert_uint_eq(seen[0].thread, ecs_self()->id);
    ck_assert(ecs_epoch_try_advance(mine));   /* a reader of the present epoch does not stop it, */
    ck_assert(!ecs_epoch_try_advance(mine));  /* one of an older epoch does */
    ecs_epoch_leave(mine);
    ck_assert_uint_eq(ecs_epoch_peek(&domain, seen, 2), 0);
    ck_assert(ecs_epoch_try_advance(mine));
}
END_TEST

START_TEST(nothing_goes_while_the_retirer_is_in_a_section)
{
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    struct node node = {.value = 1};
    ecs_epoch_enter(mine);
    retire(mine, &node);
    for (int i = 0; i < 10; i++)
        ecs_epoch_poll(mine);
    ck_assert_int_eq(node.reclaimed, 0);
    ecs_epoch_leave(mine);
    ecs_epoch_poll(mine);
    ecs_epoch_poll(mine);
    ck_assert_int_eq(node.reclaimed, 1);
}
END_TEST

START_TEST(a_list_whose_time_is_over_is_emptied_before_it_is_used_again)
{
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    struct node node[2] = {{.value = 1}};
    retire(mine, &node[0]);
    for (int i = 0; i < ECS_EPOCH_LISTS; i++)
        ck_assert(ecs_epoch_try_advance(mine));
    retire(mine, &node[1]);
    ck_assert_int_eq(node[0].reclaimed, 1);
    ck_assert_int_eq(node[1].reclaimed, 0);
    ecs_epoch_drain(&domain);
}
END_TEST

static struct { pthread_barrier_t inside, judged; uint32_t id; } stall;

static void stay_inside(unsigned number, void *arg)
{
    (void)number;
    (void)arg;
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    stall.id = ecs_self()->id;
    ecs_epoch_enter(mine);
    pthread_barrier_wait(&stall.inside);
    pthread_barrier_wait(&stall.judged);
    ecs_epoch_leave(mine);
}

START_TEST(a_stalled_reader_stops_reclamation_and_is_seen)
{
    static struct node node[500];
    struct crew crew;
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    pthread_barrier_init(&stall.inside, NULL, 2);
    pthread_barrier_init(&stall.judged, NULL, 2);
    crew_start(&crew, 1, stay_inside, NULL);
    pthread_barrier_wait(&stall.inside);
    uint64_t epoch = ecs_load_relaxed(&domain.epoch);
    for (int i = 0; i < 500; i++)
        retire(mine, &node[i]);
    ecs_epoch_read(&domain, &stats);
    ck_assert_uint_eq(stats.epoch, epoch + 1);
    ck_assert_uint_eq(stats.pending, 500);
    ck_assert_uint_eq(stats.pending_bytes, 500 * sizeof *node);
    ck_assert_uint_ge(stats.blocked, 500 / ECS_EPOCH_BATCH - 1);
    ck_assert_uint_eq(stats.readers, 1);
    ck_assert_int_eq(stats.stalled_thread, (int)stall.id);
    ck_assert_uint_eq(stats.stalled_epoch, epoch);
    pthread_barrier_wait(&stall.judged);
    crew_join(&crew);
    for (int i = 0; i < 3; i++)
        ecs_epoch_poll(mine);
    ecs_epoch_read(&domain, &stats);
    ck_assert_uint_eq(stats.pending, 0);
    ck_assert_uint_eq(stats.readers, 0);
    ck_assert_int_eq(stats.stalled_thread, -1);
    for (int i = 0; i < 500; i++)
        ck_assert_int_eq(node[i].reclaimed, 1);
}
END_TEST

START_TEST(pending_is_bounded_without_asking)
{
    static struct node node[4000];
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    for (int i = 0; i < 4000; i++) {
        retire(mine, &node[i]);
        ecs_epoch_read(&domain, &stats);
        ck_assert_uint_le(stats.pending, (ECS_EPOCH_GRACE + 1) * ECS_EPOCH_BATCH);
    }
}
END_TEST

static void retire_and_exit(unsigned number, void *arg)
{
    struct node *node = arg;
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    if (number == 0)
        ecs_epoch_enter(mine);  /* exits inside a section: that must not block anybody */
    for (int i = 0; i < 10; i++)
        retire(mine, &node[10 * number + i]);
}

START_TEST(the_nodes_of_dead_threads_are_adopted)
{
    static struct node node[40];
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    ecs_epoch_enter(mine);
    crew_run(4, retire_and_exit, node);
    ecs_epoch_read(&domain, &stats);
    ck_assert_uint_eq(stats.retired, 40);
    ck_assert_uint_eq(stats.pending, 40);
    ck_assert_uint_eq(stats.pending_bytes, 40 * sizeof *node);
    ck_assert_uint_eq(stats.readers, 1);
    ecs_epoch_poll(mine);
    ck_assert_uint_eq(node[0].reclaimed, 0);
    ecs_epoch_leave(mine);
    for (int i = 0; i < 3; i++)
        ecs_epoch_poll(mine);
    ecs_epoch_read(&domain, &stats);
    ck_assert_uint_ge(stats.adopted, 1);
    ck_assert_uint_eq(stats.pending, 0);
    ck_assert_uint_eq(stats.pending_bytes, 0);
    for (int i = 0; i < 40; i++)
        ck_assert_int_eq(node[i].reclaimed, 1);
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
        ecs_epoch_retire(ecs_epoch_mine(&domain), &node[1].retired, &node[1], 0, retire_next, ctx);
    for (int i = 0; i < 4; i++)
        ecs_epoch_poll(ecs_epoch_mine(&domain));
    depth--;
}

START_TEST(a_reclaim_function_may_retire)
{
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    ecs_epoch_retire(mine, &chain_node[0].retired, &chain_node[0], 0, retire_next, NULL);
    for (int i = 0; i < 150; i++)
        ecs_epoch_poll(mine);
    for (int i = 0; i < 50; i++)
        ck_assert_int_eq(chain_node[i].reclaimed, 1);
}
END_TEST

/* As in the hazard test: readers look, writers replace, what is reclaimed is poisoned. */
enum { READERS = 2, WRITERS = 2, NODES = 600, TURNS = 15000 };
static struct {
    _Atomic(struct node *) root;
    _Atomic(struct node *) spare;  /* taken all at once, so there is no ABA on it */
    _Atomic unsigned writing, poisoned_reads;
    struct node node[NODES];
} arena;

static void give_back(struct node *node)
{
    struct node *spare = ecs_load_relaxed(&arena.spare);
    do
        node->next = spare;
    while (!ecs_cas_weak_release_relaxed(&arena.spare, &spare, node));
}

static void poison_and_return(void *what, void *ctx)
{
    (void)ctx;
    ((struct node *)what)->value = -1;
    give_back(what);
}

static struct node *take(struct ecs_epoch_record *mine, struct node **spare)
{
    while (!*spare) {
        *spare = ecs_exchange_acquire(&arena.spare, NULL);
        if (!*spare) {
            ecs_epoch_poll(mine);
            sched_yield();
        }
    }
    struct node *node = *spare;
    *spare = node->next;
    return node;
}

static void replace(void)
{
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    struct node *spare = NULL;
    for (int i = 0; i < TURNS; i++) {
        struct node *node = take(mine, &spare);
        node->value = i + 1;
        struct node *old = ecs_exchange_seq_cst(&arena.root, node);
        ecs_epoch_retire(mine, &old->retired, old, sizeof *old, poison_and_return, NULL);
    }
    while (spare) {
        struct node *next = spare->next;
        give_back(spare);
        spare = next;
    }
    ecs_fetch_sub_release(&arena.writing, 1);
}

static void look(void)
{
    struct ecs_epoch_record *mine = ecs_epoch_mine(&domain);
    do {
        ecs_epoch_enter(mine);
        struct node *node = ecs_load_seq_cst(&arena.root);
        if (node->value <= 0)
            ecs_fetch_add_relaxed(&arena.poisoned_reads, 1);
        ecs_epoch_leave(mine);
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
        struct ecs_epoch_stats seen;  /* the sampler's part: no lock, no join */
        uint64_t before = 0;
        do {
            ecs_epoch_read(&domain, &seen);
            ck_assert_uint_le(seen.pending, 4 * NODES);
            ck_assert_uint_ge(seen.epoch, before);
            before = seen.epoch;
            ecs_sleep_until_ns(ecs_now_ns() + ECS_NS_PER_MS / 10);
        } while (ecs_load_acquire(&arena.writing) > 0);
    }
}

START_TEST(no_reader_ever_sees_a_reclaimed_node)
{
    for (int i = 1; i < NODES; i++)
        give_back(&arena.node[i]);
    arena.node[0].value = 1;
    ecs_store_release(&arena.root, &arena.node[0]);
    arena.writing = WRITERS;
    crew_run(WRITERS + READERS + 1, read_or_write, NULL);
    ck_assert_uint_eq(arena.poisoned_reads, 0);
    ecs_epoch_drain(&domain);
    ecs_epoch_read(&domain, &stats);
    ck_assert_uint_eq(stats.retired, WRITERS * TURNS);
    ck_assert_uint_eq(stats.reclaimed, WRITERS * TURNS);
    ck_assert_uint_eq(stats.pending, 0);
    ck_assert_uint_eq(stats.pending_bytes, 0);
    ecs_epoch_destroy(&domain);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("epoch");
    tcase_set_timeout(tc, 110);
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, a_destroyed_domain_gives_its_key_back);
    tcase_add_test(tc, the_record_is_the_same_until_the_thread_leaves);
    tcase_add_test(tc, two_advances_from_retire_to_reclaim);
    tcase_add_test(tc, a_list_whose_time_is_over_is_emptied_before_it_is_used_again);
    tcase_add_test(tc, sections_nest);
    tcase_add_test(tc, nothing_goes_while_the_retirer_is_in_a_section);
    tcase_add_test(tc, a_stalled_reader_stops_reclamation_and_is_seen);
    tcase_add_test(tc, pending_is_bounded_without_asking);
    tcase_add_test(tc, the_nodes_of_dead_threads_are_adopted);
    tcase_add_test(tc, a_reclaim_function_may_retire);
    tcase_add_test(tc, no_reader_ever_sees_a_reclaimed_node);
    Suite *s = suite_create("epoch");
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
