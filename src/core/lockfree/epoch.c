/* Why a node seen inside a section is never reclaimed before the section ends.
 *
 * Reader R:  (1) loads the epoch e; (2) stores state := "in e"; (3) loads a root and finds N.
 * Owner W:   (4) unlinks N; (5) loads the epoch r and puts N in limbo list r.
 * Advancer:  (6) finds every record outside or in the present epoch; (7) CAS epoch g to g + 1.
 *
 * All are seq_cst, so one order S holds them all. N is reclaimed when the epoch is r + 2, so after
 * two advances. Look at the (6) of the second one, r + 1 to r + 2: it comes after (7) of the first,
 * which comes after (5), because (5) still read r. And R found N, so (3) comes before (4). In S:
 * 1 < 2 < 3 < 4 < 5 < 6. So the second advancer sees R "in e", and e is r at most, because (1) came
 * before (5). The present epoch is r + 1, so it does not advance. It can when R has left, and then
 * R's reads are over: the leave is a release store that (6) acquires.
 *
 * Why not one advance: the (6) of r -> r + 1 may have looked at R before (2). That is the whole
 * of the difference between two lists and three, and no test that only runs will find it quickly.
 *
 * R may announce an epoch that is no longer the present one, if it was slow between (1) and (2).
 * That is safe: it stops the advance until it leaves.
 *
 * An orphan (its thread has exited) is put in limbo again under the adopter's epoch, which is not
 * older than the one it was retired in: it waits longer than it must, never less. */
#include "core/lockfree/epoch.h"

#include <errno.h>
#include <string.h>

#define DRAIN_ROUNDS 16

static void on_thread_exit(void *value, void *arg);

int ecs_epoch_init(struct ecs_epoch_domain *domain)
{
    memset(domain, 0, sizeof *domain);
    ecs_init(&domain->epoch, 1);
    domain->key = ecs_self_key_create(on_thread_exit, domain);
    return domain->key < 0 ? domain->key : 0;
}

static void chain(struct ecs_epoch_domain *domain, struct ecs_epoch_record *record)
{
    record->domain = domain;
    record->chained = true;
    struct ecs_epoch_record *first = ecs_load_relaxed(&domain->records);
    do {
        record->next_record = first;
    } while (!ecs_cas_weak_seq_cst_relaxed(&domain->records, &first, record));
    ecs_fetch_add_relaxed(&domain->n_records, 1);
}

struct ecs_epoch_record *ecs_epoch_mine(struct ecs_epoch_domain *domain)
{
    struct ecs_self *self = ecs_self();
    if (!self)
        return NULL;
    if (!self->slot[domain->key]) {
        struct ecs_epoch_record *record = &domain->record[self->id];
        if (!record->chained)
            chain(domain, record);
        self->slot[domain->key] = record;
    }
    return self->slot[domain->key];
}

/* Only the owner of a record changes what it holds, so a sum over the records is never off by more
 * than what moved while it was taken; retired minus reclaimed could be, by any amount. */
static void hold(struct ecs_epoch_record *mine, const struct ecs_retired *node)
{
    ecs_count_add(&mine->held, 1);
    ecs_count_add(&mine->held_bytes, node->bytes);
}

static void let_go(struct ecs_epoch_record *mine, const struct ecs_retired *node)
{
    ecs_count_add(&mine->held, (uint64_t)-1);
    ecs_count_add(&mine->held_bytes, -(uint64_t)node->bytes);
}

static uint64_t pending(const struct ecs_epoch_domain *domain, uint64_t *bytes)
{
    uint64_t n = ecs_count_read(&domain->n_orphans);
    *bytes = ecs_count_read(&domain->orphan_bytes);
    const struct ecs_epoch_record *r = ecs_load_acquire(&domain->records);
    for (; r; r = r->next_record) {
        n += ecs_count_read(&r->held);
        *bytes += ecs_count_read(&r->held_bytes);
    }
    return n;
}

static void note_peak(struct ecs_epoch_record *mine)
{
    uint64_t bytes, now = pending(mine->domain, &bytes);
    if (now > ecs_count_read(&mine->peak_pending))
        ecs_count_set(&mine->peak_pending, now);
}

static size_t reclaim_all(struct ecs_epoch_record *mine, struct ecs_retired_list *list)
{
    struct ecs_retired_list gone = *list;
    *list = (struct ecs_retired_list){0};
    for (struct ecs_retired *node = gone.first, *next; node; node = next) {
        next = node->next;
        let_go(mine, node);
        ecs_count_add(&mine->n_reclaimed, 1);
        node->reclaim(node->what, node->ctx);  /* from here on the node is not ours */
    }
    return gone.n;
}

/* The list for nodes retired in `epoch`. What is left in it from LISTS or more epochs ago has
 * served its time. */
static struct ecs_retired_list *limbo_of(struct ecs_epoch_record *mine, uint64_t epoch)
{
    unsigned i = (unsigned)(epoch % ECS_EPOCH_LISTS);
    if (mine->limbo_epoch[i] != epoch) {
        mine->limbo_epoch[i] = epoch;
        reclaim_all(mine, &mine->limbo[i]);
    }
    return &mine->limbo[i];
}

bool ecs_epoch_try_advance(struct ecs_epoch_record *mine)
{
    struct ecs_epoch_domain *domain = mine->domain;
    uint64_t epoch = ecs_load_seq_cst(&domain->epoch);
    for (struct ecs_epoch_record *r = ecs_load_seq_cst(&domain->records); r; r = r->next_record) {
        uint64_t state = ecs_load_seq_cst(&r->state);
        if (state != 0 && state != 2 * epoch + 1) {
            ecs_count_add(&mine->n_blocked, 1);
            return false;
        }
    }
    if (ecs_cas_strong_seq_cst_seq_cst(&domain->epoch, &epoch, epoch + 1))
        ecs_count_add(&mine->n_advances, 1);
    return true;
}

static void adopt_orphans(struct ecs_epoch_record *mine)
{
    struct ecs_epoch_domain *domain = mine->domain;
    if (!ecs_load_relaxed(&domain->orphans))
        return;
    struct ecs_retired *node = ecs_exchange_acquire(&domain->orphans, NULL);
    struct ecs_retired_list *list = limbo_of(mine, ecs_load_seq_cst(&domain->epoch));
    while (node) {
        struct ecs_retired *next = node->next;
        ecs_retired_add(list, node);
        hold(mine, node);
        ecs_count_add(&mine->n_adopted, 1);
        ecs_count_add_shared(&domain->n_orphans, (uint64_t)-1);
        ecs_count_add_shared(&domain->orphan_bytes, -(uint64_t)node->bytes);
        node = next;
    }
}

size_t ecs_epoch_poll(struct ecs_epoch_record *mine)
{
    if (mine->polling)
        return 0;  /* a reclaim function came back here */
    mine->polling = true;
    mine->since_poll = 0;
    adopt_orphans(mine);
    note_peak(mine);
    ecs_epoch_try_advance(mine);
    uint64_t epoch = ecs_load_seq_cst(&mine->domain->epoch);
    size_t n = 0;
    for (unsigned i = 0; i < ECS_EPOCH_LISTS; i++) {
        if (mine->limbo_epoch[i] + ECS_EPOCH_GRACE <= epoch)
            n += reclaim_all(mine, &mine->limbo[i]);
    }
    mine->polling = false;
    return n;
}

void ecs_epoch_retire(struct ecs_epoch_record *mine, struct ecs_retired *node, void *what,
                      size_t bytes, ecs_reclaim_fn *reclaim, void *ctx)
{
    *node = (struct ecs_retired){.what = what, .reclaim = reclaim, .ctx = ctx, .bytes = bytes};
    ecs_retired_add(limbo_of(mine, ecs_load_seq_cst(&mine->domain->epoch)), node);
    hold(mine, node);
    ecs_count_add(&mine->n_retired, 1);
    if (++mine->since_poll >= ECS_EPOCH_BATCH)
        ecs_epoch_poll(mine);
}

/* Exchange takes the whole list at once, so there is no ABA on this one. */
static void orphan(struct ecs_epoch_record *mine)
{
    struct ecs_epoch_domain *domain = mine->domain;
    struct ecs_retired_list all = {0};
    for (unsigned i = 0; i < ECS_EPOCH_LISTS; i++)
        ecs_retired_splice(&all, &mine->limbo[i]);
    if (!all.first)
        return;
    ecs_count_add_shared(&domain->n_orphans, all.n);
    ecs_count_add_shared(&domain->orphan_bytes, ecs_count_read(&mine->held_bytes));
    ecs_count_set(&mine->held, 0);
    ecs_count_set(&mine->held_bytes, 0);
    struct ecs_retired *first = ecs_load_relaxed(&domain->orphans);
    do {
        all.last->next = first;
    } while (!ecs_cas_weak_release_relaxed(&domain->orphans, &first, all.first));
}

static void on_thread_exit(void *value, void *arg)
{
    (void)arg;
    struct ecs_epoch_record *mine = value;
    mine->nesting = 0;
    ecs_store_release(&mine->state, 0);
    ecs_epoch_poll(mine);
    orphan(mine);
}

void ecs_epoch_drain(struct ecs_epoch_domain *domain)
{
    struct ecs_epoch_record *first = ecs_load_acquire(&domain->records);
    if (!first)
        return;
    uint64_t bytes;
    for (int round = 0; round < DRAIN_ROUNDS && pending(domain, &bytes) > 0; round++) {
        for (struct ecs_epoch_record *r = first; r; r = r->next_record)
            ecs_epoch_poll(r);
    }
}

void ecs_epoch_destroy(struct ecs_epoch_domain *domain)
{
    ecs_epoch_drain(domain);
    ecs_self_key_delete(domain->key);
}

static void read_readers(const struct ecs_epoch_domain *domain, struct ecs_epoch_stats *out)
{
    out->stalled_thread = -1;
    out->stalled_epoch = out->epoch;
    const struct ecs_epoch_record *r = ecs_load_acquire(&domain->records);
    for (; r; r = r->next_record) {
        uint64_t state = ecs_load_relaxed(&r->state);
        if (state == 0)
            continue;
        out->readers++;
        if (state / 2 < out->stalled_epoch) {
            out->stalled_epoch = state / 2;
            out->stalled_thread = (int)(r - domain->record);
        }
    }
}

void ecs_epoch_read(const struct ecs_epoch_domain *domain, struct ecs_epoch_stats *out)
{
    *out = (struct ecs_epoch_stats){.epoch = ecs_load_relaxed(&domain->epoch),
                                    .records = ecs_load_relaxed(&domain->n_records)};
    const struct ecs_epoch_record *r = ecs_load_acquire(&domain->records);
    for (; r; r = r->next_record) {
        out->retired += ecs_count_read(&r->n_retired);
        out->reclaimed += ecs_count_read(&r->n_reclaimed);
        out->advances += ecs_count_read(&r->n_advances);
        out->blocked += ecs_count_read(&r->n_blocked);
        out->adopted += ecs_count_read(&r->n_adopted);
        uint64_t peak = ecs_count_read(&r->peak_pending);
        out->peak_pending = peak > out->peak_pending ? peak : out->peak_pending;
    }
    out->pending = pending(domain, &out->pending_bytes);
    if (out->peak_pending < out->pending)
        out->peak_pending = out->pending;
    read_readers(domain, out);
}

size_t ecs_epoch_peek(const struct ecs_epoch_domain *domain, struct ecs_epoch_seen *out,
                      size_t max)
{
    size_t n = 0;
    const struct ecs_epoch_record *r = ecs_load_acquire(&domain->records);
    for (; r; r = r->next_record) {
        uint64_t state = ecs_load_relaxed(&r->state);
        if (state != 0 && n < max)
            out[n++] = (struct ecs_epoch_seen){(unsigned)(r - domain->record), state / 2};
    }
    return n;
}
