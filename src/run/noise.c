#include "run/noise.h"

/* The workers that share one CPU, or all that are not pinned. */
struct group {
    int cpu;
    unsigned first, n;
    uint64_t wall_ns;         /* longest */
    uint64_t ran_ns, delay_ns, longest_delay_ns;
    bool all_awake;
};

static struct group gather(const struct ecs_noise_readings *r, unsigned first) {
    struct group g = { .cpu = r->worker[first].cpu, .first = first, .all_awake = true };
    for (unsigned i = first; i < r->workers; i++) {
        const struct ecs_worker_reading *w = &r->worker[i];
        if (w->cpu != g.cpu)
            continue;
        g.n++;
        g.wall_ns = w->wall_ns > g.wall_ns ? w->wall_ns : g.wall_ns;
        g.ran_ns += w->ran_ns;
        g.delay_ns += w->delay_ns;
        if (w->delay_ns > g.longest_delay_ns)
            g.longest_delay_ns = w->delay_ns;
        g.all_awake = g.all_awake && !w->slept;
    }
    return g;
}

static bool first_of_its_cpu(const struct ecs_noise_readings *r, unsigned i) {
    for (unsigned k = 0; k < i; k++)
        if (r->worker[k].cpu == r->worker[i].cpu)
            return false;
    return true;
}

/* Time that this group's CPUs gave to somebody else, or spent idle. */
static uint64_t lost(const struct ecs_noise_readings *r, const struct group *g) {
    uint64_t cpus = 1;
    if (g->cpu < 0) {
        cpus = r->allowed_cpus > 0 ? r->allowed_cpus : 1;
        cpus = g->n < cpus ? g->n : cpus;
    }
    uint64_t could = cpus * g->wall_ns;
    return could > g->ran_ns ? could - g->ran_ns : 0;
}

/* Share of the window that this group waited for somebody else. */
static double group_delay(const struct ecs_noise_readings *r, const struct group *g,
                          struct ecs_noise_memory *m) {
    uint64_t gone = lost(r, g), waited;
    if (g->wall_ns == 0)
        return 0;
    if (r->blind) {
        /* Workers that sleep leave their CPU idle: nothing can be said of them. */
        waited = g->all_awake ? gone : 0;
    } else {
        /* Not pinned: who waited for whom cannot be told apart, so only the worst one counts. */
        uint64_t said = g->cpu < 0 ? g->longest_delay_ns : g->delay_ns;
        uint64_t may = gone + m->unexplained_ns[g->first];
        waited = said < may ? said : may;
        m->unexplained_ns[g->first] = gone > waited ? gone - waited : 0;
    }
    double share = (double)waited / (double)g->wall_ns;
    return share < 1 ? share : 1;
}

static void judge_delay(const struct ecs_noise_readings *r, struct ecs_noise_memory *m,
                        struct ecs_noise *n) {
    double worst = 0;
    for (unsigned i = 0; i < r->workers; i++) {
        if (!first_of_its_cpu(r, i))
            continue;
        struct group g = gather(r, i);
        double share = group_delay(r, &g, m);
        if (share > worst) {
            worst = share;
            n->cpu = (int16_t)g.cpu;
        }
    }
    n->delay = (float)worst;
    if (worst > ECS_NOISE_DELAY_LIMIT)
        n->why |= ECS_NOISE_DELAY;
}

static void judge_steal(const struct ecs_noise_readings *r, struct ecs_noise *n) {
    if (r->steal_ns == 0 || r->steal_span_ns == 0)
        return;
    double share = (double)r->steal_ns / (double)r->steal_span_ns;
    n->steal = (float)(share < 1 ? share : 1);
    n->why |= ECS_NOISE_STEAL;
    if (!(n->why & ECS_NOISE_DELAY))
        n->cpu = (int16_t)r->steal_cpu;
}

static void judge_canary(const struct ecs_noise_readings *r, struct ecs_noise_memory *m,
                         struct ecs_noise *n) {
    n->canary = (float)r->canary;
    m->slow_canaries = r->canary > ECS_NOISE_CANARY_LIMIT ? m->slow_canaries + 1 : 0;
    m->far_canaries = r->canary > ECS_NOISE_CANARY_FAR ? m->far_canaries + 1 : 0;
    if (m->slow_canaries >= ECS_NOISE_CANARY_WINDOWS ||
        m->far_canaries >= ECS_NOISE_CANARY_WINDOWS - 1)
        n->why |= ECS_NOISE_CANARY;
}

static void judge_foreign(const struct ecs_noise_readings *r, struct ecs_noise *n) {
    if (r->capacity_ns == 0 || r->busy_ns <= r->own_ns)
        return;
    double share = (double)(r->busy_ns - r->own_ns) / (double)r->capacity_ns;
    n->foreign = (float)(share < 1 ? share : 1);
    if (share > ECS_NOISE_FOREIGN_LIMIT)
        n->why |= ECS_NOISE_FOREIGN;
}

struct ecs_noise ecs_noise_judge(const struct ecs_noise_readings *r, struct ecs_noise_memory *m) {
    struct ecs_noise n = { .cpu = -1 };
    if (r->blind)
        n.why |= ECS_NOISE_BLIND;
    judge_delay(r, m, &n);
    judge_steal(r, &n);
    judge_canary(r, m, &n);
    judge_foreign(r, &n);
    return n;
}

bool ecs_noise_dirty(const struct ecs_noise *n) {
    return (n->why & ~ECS_NOISE_BLIND) != 0;
}
