/* ecscope-explore: the process in which programs are searched. ecscope-learn starts it and reads
 * what it prints: one message a line, fields between tabs (client/client.h lists them).
 *
 *     ecscope-explore list
 *     ecscope-explore search PROGRAM|- [key value]…
 *
 * keys: set model reduction bound spurious seconds states schedule shared */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "core/explore/choice.h"
#include "core/explore/crash.h"

static volatile int stop;
static struct ecs_search_result result;
static struct ecs_step steps[ECS_ENGINE_STEPS];

static void on_interrupt(int sig)
{
    (void)sig;
    stop = 1;
}

/* Tabs and new lines would end a field. */
static void field(const char *text)
{
    putchar('\t');
    for (; *text; text++)
        putchar(*text == '\t' || *text == '\n' ? ' ' : *text);
}

static int say_error(const struct ecs_error *e)
{
    printf("error\t%d", -e->code);
    field(e->what);
    field(e->mend);
    putchar('\n');
    return 2;
}

static int list(void)
{
    for (size_t i = 0; ecs_programs()[i]; i++) {
        const struct ecs_program *p = ecs_programs()[i];
        printf("program\t%s\t%s\n", p->name, p->summary);
        for (size_t k = 0; k < p->n_params; k++) {
            const struct ecs_program_param *q = &p->params[k];
            if (!q->choices) {
                printf("param\t%s\t%s\t%d\t%d to %d\n", q->name, q->help, q->def, q->min, q->max);
                continue;
            }
            printf("param\t%s\t%s\t%s\t", q->name, q->help, q->choices[q->def]);
            for (size_t c = 0; q->choices[c]; c++)
                printf("%s%s", c ? "|" : "", q->choices[c]);
            putchar('\n');
        }
    }
    return 0;
}

/* ---- arguments ------------------------------------------------------------------------------- */

struct request {
    struct ecs_search_options o;
    const char *schedule;
    struct ecs_choice path[ECS_ENGINE_STEPS];
    size_t n_path;
};

static int map_shared(const char *fd, struct ecs_search_options *o, struct ecs_error *e)
{
    void *p = mmap(NULL, ecs_engine_shared_size(), PROT_READ | PROT_WRITE, MAP_SHARED, atoi(fd), 0);
    if (p == MAP_FAILED)
        return ecs_fail(e, -errno, "the schedule cannot be shared: %s", strerror(errno));
    o->shared = p;
    return 0;
}

static int read_key(struct request *r, const char *key, const char *value, struct ecs_error *e)
{
    struct ecs_search_options *o = &r->o;
    int word = 0, rc = 0;
    if (strcmp(key, "set") == 0) {
        rc = ecs_explore_assign(value, o, e);
    } else if (strcmp(key, "model") == 0) {
        rc = ecs_explore_word("model", value, ecs_model_names, &word, e);
        o->model = (enum ecs_model)word;
    } else if (strcmp(key, "reduction") == 0) {
        rc = ecs_explore_word("reduction", value, ecs_reduction_names, &word, e);
        o->reduction = (enum ecs_reduction)word;
    } else if (strcmp(key, "bound") == 0) {
        o->bound = atoi(value);
    } else if (strcmp(key, "spurious") == 0) {
        o->spurious = (unsigned)atoi(value);
    } else if (strcmp(key, "seconds") == 0) {
        o->seconds = atof(value);
    } else if (strcmp(key, "states") == 0) {
        o->max_states = strtoull(value, NULL, 10);
    } else if (strcmp(key, "shared") == 0) {
        rc = map_shared(value, o, e);
    } else if (strcmp(key, "schedule") != 0) {
        rc = ecs_fail(e, -EINVAL, "unknown key \"%.40s\"", key);
    }
    return rc;
}

/* A schedule names its program, parameters and model; what is given beside it must agree. */
static int read_schedule(struct request *r, const char *program, struct ecs_error *e)
{
    char head[200];
    int rc = ecs_schedule_parse(r->schedule, head, sizeof head, r->path, ECS_ENGINE_STEPS - 1,
                                &r->n_path, e);
    if (rc == 0)
        rc = ecs_explore_read_head(head, &r->o, e);
    if (rc == 0 && strcmp(program, "-") != 0 && strcmp(program, r->o.program->name) != 0)
        rc = ecs_fail(e, -EINVAL, "the schedule is for %s, not for %.60s", r->o.program->name,
                      program);
    return rc;
}

static int read_request(struct request *r, int argc, char **argv, struct ecs_error *e)
{
    r->o.bound = -1;
    for (int i = 3; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "schedule") == 0)
            r->schedule = argv[i + 1];
    }
    int rc = r->schedule ? read_schedule(r, argv[2], e) : ecs_explore_program(argv[2], &r->o, e);
    for (int i = 3; rc == 0 && i + 1 < argc; i += 2)
        rc = read_key(r, argv[i], argv[i + 1], e);
    if (rc == 0 && r->o.bound >= 0 && r->o.reduction != ECS_REDUCTION_CACHE &&
        r->o.reduction != ECS_REDUCTION_BOUND) {
        rc = ecs_fail(e, -EINVAL, "the reduction %s knows no bound",
                      ecs_reduction_names[r->o.reduction]);
        ecs_error_mend(e, "leave out --bound, or use --reduction cache");
    }
    return rc;
}

/* ---- what was found -------------------------------------------------------------------------- */

static void progress(const struct ecs_search_options *o, uint64_t states, uint64_t schedules,
                     uint64_t n_steps, double seconds, int bound)
{
    (void)o;
    printf("progress\t%llu\t%llu\t%llu\t%.3f\t%d\n", (unsigned long long)states,
           (unsigned long long)schedules, (unsigned long long)n_steps, seconds, bound);
    fflush(stdout);
}

static const char *order_name(memory_order o)
{
    static const char *const names[] = {"relaxed", "consume", "acquire", "release", "acq_rel",
                                        "seq_cst"};
    return names[o];
}

static const char *kind_name(const struct ecs_step *s)
{
    static const char *const names[] = {"load", "store", "cas", "exchange", "add", "sub", "or",
                                        "and", "fence", "read", "write", "wait"};
    if (s->choice.move == ECS_MOVE_FLUSH)
        return "flush";
    return names[s->kind];
}

static void place_of(const struct ecs_step *s, char *out, size_t size)
{
    const char *name = s->location;
    snprintf(out, size, "%s", name[0] == '&' ? name + 1 : name);
    if (s->p && ecs_engine.program->place)
        ecs_engine.program->place(ecs_engine.arena, (const void *)(uintptr_t)s->p, out, size);
}

static void value_of(const struct ecs_step *s, uint64_t value, char *out, size_t size)
{
    uint64_t offset = value - (uint64_t)(uintptr_t)ecs_engine.arena;
    if (offset < ECS_EXPLORE_MAX_STATE)
        snprintf(out, size, "state+%llu", (unsigned long long)offset);
    else
        snprintf(out, size, "%lld", (long long)value);
    if (ecs_engine.program->value)
        ecs_engine.program->value(ecs_engine.arena, (const void *)(uintptr_t)s->p, value, out,
                                  size);
}

static void say_step(const struct ecs_step *s)
{
    char place[80], a[48], b[48], value[128] = "";
    place_of(s, place, sizeof place);
    value_of(s, s->value, a, sizeof a);
    value_of(s, s->argument, b, sizeof b);
    bool rmw = s->kind >= ECS_EXPLORE_CAS_OP && s->kind <= ECS_EXPLORE_FETCH_and;
    if (s->choice.move == ECS_MOVE_SPURIOUS)
        snprintf(value, sizeof value, "%s, fails for no reason", a);
    else if (s->kind == ECS_EXPLORE_CAS_OP && !s->ok)
        snprintf(value, sizeof value, "%s, fails", a);
    else if (rmw)
        snprintf(value, sizeof value, "%s -> %s", a, b);
    else if (s->kind != ECS_EXPLORE_FENCE)
        snprintf(value, sizeof value, "%s", a);
    const char *order = s->choice.move == ECS_MOVE_FLUSH ? "" : order_name(s->order);
    printf("step\t%u\t%s\t%s\t%d\t%s\t%s\t%d", s->choice.thread, kind_name(s), s->file, s->line,
           order, place, s->preempts);
    field(value);
    putchar('\n');
}

/* The run along `path`, step by step. Returns the number of preemptions. */
static unsigned say_run(const struct ecs_choice *path, size_t n, size_t *made)
{
    unsigned preemptions = 0;
    *made = ecs_search_replay(path, n, steps);
    for (size_t i = 0; i < *made; i++) {
        say_step(&steps[i]);
        preemptions += steps[i].preempts;
    }
    return preemptions;
}

static void say_schedule(const struct ecs_search_options *o, const struct ecs_choice *path,
                         size_t n)
{
    static char text[ECS_ENGINE_STEPS * 8];
    char head[200];
    ecs_explore_head(o, head, sizeof head);
    printf("schedule\t%s\n", ecs_schedule_text(head, path, n, text, sizeof text));
}

static void say_result(const struct ecs_search_options *o, unsigned preemptions)
{
    static const char *const verdicts[] = {"clean", "violation", "unfinished"};
    const struct ecs_search_result *r = &result;
    if (r->finding != ECS_FINDING_NONE) {
        printf("finding\t%s", ecs_finding_name(r->finding));
        field(r->what);
        putchar('\n');
    }
    printf("result\t%s\t%d\t%d\t%llu\t%llu\t%llu\t%.6f\t%u\t%d\t%u\t%s", verdicts[r->verdict],
           r->exhaustive, r->bound, (unsigned long long)r->states,
           (unsigned long long)r->schedules, (unsigned long long)r->steps, r->seconds, preemptions,
           r->minimal, ecs_engine.n_threads, ecs_reduction_names[o->reduction]);
    field(r->why);
    putchar('\n');
}

static void say_request(const struct ecs_search_options *o)
{
    char text[200];
    printf("head\t%s\t%s\n", ecs_explore_head(o, text, sizeof text), o->program->name);
    for (size_t i = 0; i < o->program->n_params; i++)
        printf("set\t%s\t%s\n", o->program->params[i].name,
               ecs_explore_value(o, i, text, sizeof text));
    printf("model\t%s\n", ecs_model_names[o->model]);
    fflush(stdout); /* it must be known if we crash */
}

/* ---- the two kinds of work ------------------------------------------------------------------- */

static void list_possible(char *out, size_t size)
{
    struct ecs_choice all[48];
    char one[16];
    size_t n = ecs_engine_choices(all, 48, -1), at = 0;
    for (size_t i = 0; i < n && at < size; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%s", i ? ", " : "",
                               ecs_choice_text(all[i], one, sizeof one));
}

static int does_not_fit(const struct request *r, size_t made)
{
    struct ecs_error e = {0};
    char one[16], all[160] = "";
    list_possible(all, sizeof all);
    ecs_fail(&e, -EINVAL, "move %zu of the schedule (%s) is not possible there", made + 1,
             ecs_choice_text(r->path[made], one, sizeof one));
    if (all[0])
        ecs_error_mend(&e, "possible there: %s", all);
    else
        ecs_error_mend(&e, "%s", ecs_engine.finding ? "the run has ended with a finding"
                                                    : "all threads have ended");
    return say_error(&e);
}

static int replay(struct request *r)
{
    struct ecs_error e = {0};
    size_t made;
    char all[160] = "";
    if (ecs_engine_open(r->o.program, r->o.values, r->o.model, r->o.shared) != 0) {
        ecs_fail(&e, -ENOMEM, "not enough memory for the program");
        return say_error(&e);
    }
    ecs_engine.spurious = 255;
    unsigned preemptions = say_run(r->path, r->n_path, &made);
    if (made < r->n_path)
        return does_not_fit(r, made);
    result.n_path = made;
    result.bound = -1;
    result.schedules = 1;
    result.steps = made;
    result.finding = ecs_engine.finding;
    memcpy(result.what, ecs_engine.what, sizeof result.what);
    result.verdict = result.finding ? ECS_VERDICT_VIOLATION : ECS_VERDICT_CLEAN;
    if (!result.finding && !ecs_engine_over()) {
        list_possible(all, sizeof all);
        result.verdict = ECS_VERDICT_UNFINISHED;
        snprintf(result.why, sizeof result.why,
                 "the schedule ends before the program; next: %.100s", all);
    } else if (!result.finding) {
        snprintf(result.why, sizeof result.why, "one schedule");
    }
    say_schedule(&r->o, r->path, made);
    say_result(&r->o, preemptions);
    return result.finding ? 1 : 0;
}

static int search(struct request *r)
{
    struct ecs_error e = {0};
    size_t made;
    unsigned preemptions = 0;
    r->o.progress = progress;
    r->o.stop = &stop;
    int rc = ecs_search(&r->o, &result);
    if (rc) {
        ecs_fail(&e, rc, rc == -ENOMEM ? "not enough memory to search" :
                 "the program cannot be searched with these values");
        return say_error(&e);
    }
    if (result.verdict == ECS_VERDICT_VIOLATION) {
        ecs_engine.spurious = 255;
        preemptions = say_run(result.path, result.n_path, &made);
        say_schedule(&r->o, result.path, result.n_path);
    }
    say_result(&r->o, preemptions);
    return result.verdict == ECS_VERDICT_VIOLATION;
}

int main(int argc, char **argv)
{
    static struct request request;
    struct ecs_error e = {0};
    struct sigaction a = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigemptyset(&a.sa_mask);
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list();
    if (argc < 3 || strcmp(argv[1], "search") != 0) {
        fputs("ecscope-explore is started by ecscope-learn explore\n", stderr);
        return 2;
    }
    if (read_request(&request, argc, argv, &e) != 0)
        return say_error(&e);
    say_request(&request.o);
    if (ecs_crash_catch() != 0)
        return 3;
    return request.schedule ? replay(&request) : search(&request);
}
