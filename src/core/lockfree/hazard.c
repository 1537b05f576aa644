/* Why a protected node is never reclaimed.
 *
 * Reader R: (1) store slot := N, seq_cst; (2) load of the root, seq_cst, still finds N. Owner W:
 * (3) unlink of N from the root, seq_cst; (4) retire; (5) scan: load of slot, seq_cst. There is
 * one order S of all seq_cst operations, which respects each thread's own order. (2) found N, so
 * (2) comes before (3) in S [else it would have seen the unlink: a node is not put back before it
 * is reclaimed]. Hence 1 < 2 < 3 < 5: the scan sees N in the slot, or a later value of the same
 * slot, and then R has given N up.
 *
 * With a release store in (1) the slot may still sit in R's store buffer when (5) reads it, while
 * (2) has already been answered: store buffering, the one reordering that x86 does. This is the
 * fence that everybody forgets; tests/mutation takes it away and counts the dead.
 *
 * Without the re-read (2) the argument has no beginning: N may have been unlinked, scanned for
 * and reclaimed between being found and being published.
 *
 * The scan takes its list, orphans included, *before* it reads any slot. The other way round, a
 * node that arrives in between would be judged by slots read before it was retired: (5) before
 * (3).
 *
 * R's reads of N happen before its reclamation: the clear is a release store, the scan's load of
 * the slot (seq_cst, so acquire) reads it or a later store of R.
 *
 * Cost and bound. n threads with k slots protect at most n*k nodes. A scan starts when a thread
 * holds 2*n*k, so it reclaims at least half of them: constant work per node on average, and at
 * most 2*n*k nodes per thread wait. Orphans raise that once, by what the dead thread held. */
#include "core/lockfree/hazard.h"

#include <errno.h>
#include <string.h>

/* Slots are read and sorted this many at a time, so that a scan needs little stack. */
#define SCAN_CHUNK 128
#define DRAIN_ROUNDS 8

static void on_thread_exit(void *value, void *arg);

int ecs_hazard_init(struct ecs_hazard_domain *domain, unsigned slots)
{
    if (slots == 0 || slots > ECS_HAZARD_MAX_SLOTS)
        return -EINVAL;
    memset(domain, 0, sizeof *domain);
    domain->slots = slots;
    domain->key = ecs_self_key_create(on_thread_exit, domain);
    return domain->key < 0 ? domain->key : 0;
}

/* A record enters the chain when its thread id is seen for the first time, and stays in it. */
static void chain(struct ecs_hazard_domain *domain, struct ecs_hazard_record *record)
{
    record->domain = domain;
    record->chained = true;
    struct ecs_hazard_record *first = ecs_load_relaxed(&domain->records);
    do {
        record->next_record = first;
    } while (!ecs_cas_weak_seq_cst_relaxed(&domain->records, &first, record));
    ecs_fetch_add_relaxed(&domain->n_records, 1);
}

struct ecs_hazard_record *ecs_hazard_mine(struct ecs_hazard_domain *domain)
{
    struct ecs_self *self = ecs_self();
    if (!self)
        return NULL;
    if (!self->slot[domain->key]) {
        struct ecs_hazard_record *record = &domain->record[self->id];
        if (!record->chained)
            chain(domain, record);
        self->slot[domain->key] = record;
    }
    return self->slot[domain->key];
}

/* Only the owner of a record changes what it holds, so a sum over the records is never off by more
 * than what moved while it was taken; retired minus reclaimed could be, by any amount. */
static void hold(struct ecs_hazard_record *mine, const struct ecs_retired *node)
{
    ecs_count_add(&mine->held, 1);
    ecs_count_add(&mine->held_bytes, node->bytes);
}

static void let_go(struct ecs_hazard_record *mine, const struct ecs_retired *node)
{
    ecs_count_add(&mine->held, (uint64_t)-1);
    ecs_count_add(&mine->held_bytes, -(uint64_t)node->bytes);
}

static uint64_t pending(const struct ecs_hazard_domain *domain, uint64_t *bytes)
{
    uint64_t n = ecs_count_read(&domain->n_orphans);
    *bytes = ecs_count_read(&domain->orphan_bytes);
    const struct ecs_hazard_record *r = ecs_load_acquire(&domain->records);
    for (; r; r = r->next_record) {
        n += ecs_count_read(&r->held);
        *bytes += ecs_count_read(&r->held_bytes);
    }
    return n;
}

static void note_peak(struct ecs_hazard_record *mine)
{
    uint64_t bytes, now = pending(mine->domain, &bytes);
    if (now > ecs_count_read(&mine->peak_pending))
        ecs_count_set(&mine->peak_pending, now);
}

/* Insertion sort: at most SCAN_CHUNK entries, mostly a handful. */
static void sort(const void **hazard, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const void *h = hazard[i];
        size_t j = i;
        for (; j > 0 && (uintptr_t)hazard[j - 1] > (uintptr_t)h; j--)
            hazard[j] = hazard[j - 1];
        hazard[j] = h;
    }
}

static bool contains(const void *const *hazard, size_t n, const void *what)
{
    size_t low = 0;
    while (n > 0) {
        size_t half = n / 2;
        if (hazard[low + half] == what)
            return true;
        if ((uintptr_t)hazard[low + half] < (uintptr_t)what) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return false;
}

/* Moves the nodes of `list` that are in `hazard` to `kept`. */
static void keep(struct ecs_retired_list *list, struct ecs_retired_list *kept,
                 const void **hazard, size_t n)
{
    struct ecs_retired_list rest = {0};
    sort(hazard, n);
    for (struct ecs_retired *node = list->first, *next; node; node = next) {
        next = node->next;
        ecs_retired_add(contains(hazard, n, node->what) ? kept : &rest, node);
    }
    *list = rest;
}

/* Reads every slot of the domain once and keeps what is in one. */
static void keep_protected(struct ecs_hazard_domain *domain, struct ecs_retired_list *list,
                           struct ecs_retired_list *kept)
{
    const void *hazard[SCAN_CHUNK];
    size_t n = 0;
    struct ecs_hazard_record *record = ecs_load_seq_cst(&domain->records);
    for (; record; record = record->next_record) {
        if (n + domain->slots > SCAN_CHUNK) {
            keep(list, kept, hazard, n);
            n = 0;
        }
        for (unsigned i = 0; i < domain->slots; i++) {
            const void *node = ecs_load_seq_cst(&record->slot[i]);
            if (node)
                hazard[n++] = node;
        }
    }
    if (n > 0)
        keep(list, kept, hazard, n);
}

static void adopt_orphans(struct ecs_hazard_record *mine)
{
    struct ecs_hazard_domain *domain = mine->domain;
    if (!ecs_load_relaxed(&domain->orphans))
        return;
    struct ecs_retired *node = ecs_exchange_acquire(&domain->orphans, NULL);
    while (node) {
        struct ecs_retired *next = node->next;
        ecs_retired_add(&mine->retired, node);
        hold(mine, node);
        ecs_count_add(&mine->n_adopted, 1);
        ecs_count_add_shared(&domain->n_orphans, (uint64_t)-1);
        ecs_count_add_shared(&domain->orphan_bytes, -(uint64_t)node->bytes);
        node = next;
    }
}

static size_t reclaim_all(struct ecs_hazard_record *mine, struct ecs_retired_list *list)
{
    size_t n = list->n;
    for (struct ecs_retired *node = list->first, *next; node; node = next) {
        next = node->next;
        let_go(mine, node);
        ecs_count_add(&mine->n_reclaimed, 1);
        node->reclaim(node->what, node->ctx);  /* from here on the node is not ours */
    }
    return n;
}

size_t ecs_hazard_scan(struct ecs_hazard_record *mine)
{
    if (mine->scanning)
        return 0;  /* a reclaim function came back here: the scan that called it goes on */
    mine->scanning = true;
    adopt_orphans(mine);
    struct ecs_retired_list list = mine->retired, kept = {0};
    mine->retired = (struct ecs_retired_list){0};
    ecs_count_add(&mine->n_scans, 1);
    note_peak(mine);
    keep_protected(mine->domain, &list, &kept);
    ecs_retired_splice(&mine->retired, &kept);
    size_t n = reclaim_all(mine, &list);
    mine->scanning = false;
    return n;
}

void ecs_hazard_retire(struct ecs_hazard_record *mine, struct ecs_retired *node, void *what,
                       size_t bytes, ecs_reclaim_fn *reclaim, void *ctx)
{
    *node = (struct ecs_retired){.what = what, .reclaim = reclaim, .ctx = ctx, .bytes = bytes};
    ecs_retired_add(&mine->retired, node);
    hold(mine, node);
    ecs_count_add(&mine->n_retired, 1);
    size_t hazards = (size_t)ecs_load_relaxed(&mine->domain->n_records) * mine->domain->slots;
    if (mine->retired.n >= 2 * hazards)
        ecs_hazard_scan(mine);
}

/* Leaves the thread's nodes to the domain. Exchange takes the whole list at once, so there is no
 * ABA on this one. */
static void orphan(struct ecs_hazard_record *mine)
{
    struct ecs_hazard_domain *domain = mine->domain;
    struct ecs_retired_list *list = &mine->retired;
    if (!list->first)
        return;
    ecs_count_add_shared(&domain->n_orphans, list->n);
    ecs_count_add_shared(&domain->orphan_bytes, ecs_count_read(&mine->held_bytes));
    ecs_count_set(&mine->held, 0);
    ecs_count_set(&mine->held_bytes, 0);
    struct ecs_retired *first = ecs_load_relaxed(&domain->orphans);
    do {
        list->last->next = first;
    } while (!ecs_cas_weak_release_relaxed(&domain->orphans, &first, list->first));
    *list = (struct ecs_retired_list){0};
}

static void on_thread_exit(void *value, void *arg)
{
    (void)arg;
    struct ecs_hazard_record *mine = value;
    for (unsigned i = 0; i < mine->domain->slots; i++)
        ecs_hazard_clear(mine, i);
    ecs_hazard_scan(mine);
    orphan(mine);
}

void ecs_hazard_drain(struct ecs_hazard_domain *domain)
{
    struct ecs_hazard_record *first = ecs_load_acquire(&domain->records);
    if (!first)
        return;
    uint64_t bytes;
    for (int round = 0; round < DRAIN_ROUNDS && pending(domain, &bytes) > 0; round++) {
        for (struct ecs_hazard_record *r = first; r; r = r->next_record)
            ecs_hazard_scan(r);
    }
}

void ecs_hazard_destroy(struct ecs_hazard_domain *domain)
{
    ecs_hazard_drain(domain);
    ecs_self_key_delete(domain->key);
}

void ecs_hazard_read(const struct ecs_hazard_domain *domain, struct ecs_hazard_stats *out)
{
    *out = (struct ecs_hazard_stats){.slots = domain->slots,
                                     .records = ecs_load_relaxed(&domain->n_records)};
    const struct ecs_hazard_record *r = ecs_load_acquire(&domain->records);
    for (; r; r = r->next_record) {
        out->retired += ecs_count_read(&r->n_retired);
        out->reclaimed += ecs_count_read(&r->n_reclaimed);
        out->scans += ecs_count_read(&r->n_scans);
        out->adopted += ecs_count_read(&r->n_adopted);
        uint64_t peak = ecs_count_read(&r->peak_pending);
        out->peak_pending = peak > out->peak_pending ? peak : out->peak_pending;
    }
    out->pending = pending(domain, &out->pending_bytes);
    if (out->peak_pending < out->pending)
        out->peak_pending = out->pending;
}

size_t ecs_hazard_peek(const struct ecs_hazard_domain *domain, struct ecs_hazard_seen *out,
                       size_t max)
{
    size_t n = 0;
    const struct ecs_hazard_record *r = ecs_load_acquire(&domain->records);
    for (; r; r = r->next_record) {
        for (unsigned i = 0; i < domain->slots; i++) {
            const void *node = ecs_load_relaxed(&r->slot[i]);
            if (node && n < max)
                out[n++] = (struct ecs_hazard_seen){(unsigned)(r - domain->record), i, node};
        }
    }
    return n;
}
