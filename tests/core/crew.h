/* A few threads that start together, for the tests of the core. */
#ifndef ECS_TESTS_CREW_H
#define ECS_TESTS_CREW_H

#include <check.h>
#include <pthread.h>

#define CREW_MAX 64

struct crew {
    pthread_t thread[CREW_MAX];
    unsigned n;
    pthread_barrier_t start;
    void (*work)(unsigned number, void *arg);
    void *arg;
    struct crew_member { struct crew *crew; unsigned number; } member[CREW_MAX];
};

static inline void *crew_main(void *p)
{
    struct crew_member *m = p;
    pthread_barrier_wait(&m->crew->start);
    m->crew->work(m->number, m->crew->arg);
    return NULL;
}

static inline void crew_start(struct crew *c, unsigned n, void (*work)(unsigned, void *), void *arg)
{
    c->n = n;
    c->work = work;
    c->arg = arg;
    pthread_barrier_init(&c->start, NULL, n);
    for (unsigned i = 0; i < n; i++) {
        c->member[i] = (struct crew_member){c, i};
        ck_assert_int_eq(pthread_create(&c->thread[i], NULL, crew_main, &c->member[i]), 0);
    }
}

static inline void crew_join(struct crew *c)
{
    for (unsigned i = 0; i < c->n; i++)
        pthread_join(c->thread[i], NULL);
    pthread_barrier_destroy(&c->start);
}

static inline void crew_run(unsigned n, void (*work)(unsigned, void *), void *arg)
{
    struct crew c;
    crew_start(&c, n, work, arg);
    crew_join(&c);
}

#endif
