/* explore: searches every interleaving of a program on the shipped lock-free sources. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/document.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "core/base/clock.h"
#include "core/explore/client/client.h"

enum { MAX_PROGRAMS = 32, MAX_WORDS = 40, LANE_MAX = 40, LANES_MAX = 6 };

static const char *const models[] = {"sc", "tso", "ra", NULL};
static const char *const reductions[] = {"cache", "dpor", "bound", "naive", NULL};

/* ---- the list -------------------------------------------------------------------------------- */

static int print_programs(const struct ecs_arguments *a)
{
    static struct ecs_explorable all[MAX_PROGRAMS];
    struct ecs_error e = {0};
    int n = ecs_explorable_list(all, MAX_PROGRAMS, &e);
    if (n < 0)
        return ecs_print_error(&e);
    bool json = ecs_input_format(a) == ECS_FORMAT_JSON;
    json_t *programs = json_array();
    for (int i = 0; i < n; i++) {
        json_t *params = json_array();
        if (!json)
            printf("%s: %s\n", all[i].name, all[i].summary);
        for (size_t k = 0; k < all[i].n_params; k++) {
            if (!json)
                printf("    %-10s%s\n              %s (as it is: %s)\n", all[i].param[k].name,
                       all[i].param[k].help, all[i].param[k].values, all[i].param[k].def);
            json_array_append_new(params, json_pack("{s:s, s:s, s:s, s:s}", "name",
                                                    all[i].param[k].name, "summary",
                                                    all[i].param[k].help, "default",
                                                    all[i].param[k].def, "values",
                                                    all[i].param[k].values));
        }
        json_array_append_new(programs, json_pack("{s:s, s:s, s:o}", "name", all[i].name, "summary",
                                                  all[i].summary, "params", params));
    }
    if (json) {
        ecs_document_print(json_pack("{s:s, s:o}", "schema", "ecscope.explore_list.v1", "programs",
                                     programs));
        return ECS_EXIT_DONE;
    }
    json_decref(programs);
    printf("\nsearch one with: %s explore NAME --set PARAMETER=VALUE --model sc|tso|ra\n",
           ECS_PROGRAM);
    return ECS_EXIT_DONE;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *steps_json(const struct ecs_explored *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->n; i++) {
        const struct ecs_explored_step *s = &r->step[i];
        json_t *o = json_pack("{s:i, s:s, s:i, s:s}", "thread", (int)s->thread, "file", s->file,
                              "line", s->line, "op", s->op);
        json_object_set_new(o, "order", ecs_document_text(s->order));
        json_object_set_new(o, "location", ecs_document_text(s->location));
        json_object_set_new(o, "value", ecs_document_text(s->value));
        json_object_set_new(o, "preempts", json_boolean(s->preempts));
        json_array_append_new(list, o);
    }
    return list;
}

static void print_json(const struct ecs_explored *r)
{
    json_t *params = json_object();
    for (size_t i = 0; i < r->n_set; i++)
        json_object_set_new(params, r->set[i].name, json_string(r->set[i].value));
    json_t *o = json_pack("{s:s, s:s, s:o, s:s, s:s, s:b}", "schema", "ecscope.explore.v1",
                          "program", r->program, "params", params, "model", r->model, "verdict",
                          r->verdict, "exhaustive", (int)r->exhaustive);
    json_object_set_new(o, "bound", r->bound < 0 ? json_null() : json_integer(r->bound));
    json_object_set_new(o, "states", json_integer((json_int_t)r->states));
    json_object_set_new(o, "schedules", json_integer((json_int_t)r->schedules));
    json_object_set_new(o, "steps_searched", json_integer((json_int_t)r->n_steps));
    json_object_set_new(o, "seconds", ecs_document_number(r->seconds));
    json_object_set_new(o, "threads", json_integer(r->threads));
    json_object_set_new(o, "reduction", ecs_document_text(r->reduction));
    json_object_set_new(o, "preemptions", r->schedule ? json_integer(r->preemptions) : json_null());
    json_object_set_new(o, "minimal", json_boolean(r->minimal));
    json_object_set_new(o, "finding", ecs_document_text(r->finding));
    json_object_set_new(o, "what", ecs_document_text(r->what));
    json_object_set_new(o, "why", ecs_document_text(r->why));
    json_object_set_new(o, "source", json_string(r->exhaustive ? "exhaustive" : "model"));
    json_object_set_new(o, "steps", steps_json(r));
    json_object_set_new(o, "schedule", ecs_document_text(r->schedule));
    ecs_document_print(o);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void lane_text(const struct ecs_explored_step *s, char *out, size_t size)
{
    const char *value = s->value[0] ? " = " : "";
    if (strcmp(s->op, "fence") == 0)
        snprintf(out, size, "fence");
    else if (strcmp(s->op, "store") == 0 || strcmp(s->op, "flush") == 0)
        snprintf(out, size, "%s %s := %s", s->op, s->location, s->value);
    else if (strcmp(s->op, "load") == 0 || strcmp(s->op, "wait") == 0)
        snprintf(out, size, "%s %s%s%s", s->op, s->location, value, s->value);
    else
        snprintf(out, size, "%s %s: %s", s->op, s->location, s->value);
}

static void print_table(const struct ecs_explored *r)
{
    int width[LANES_MAX];
    char text[128];
    unsigned lanes = r->threads < LANES_MAX ? r->threads : LANES_MAX;
    for (unsigned t = 0; t < LANES_MAX; t++)
        width[t] = 8;
    for (size_t i = 0; i < r->n; i++) {
        unsigned t = r->step[i].thread % LANES_MAX;
        lane_text(&r->step[i], text, sizeof text);
        int w = (int)strlen(text);
        width[t] = w > LANE_MAX ? LANE_MAX : w > width[t] ? w : width[t];
    }
    printf("\nstep  ");
    for (unsigned t = 0; t < lanes; t++)
        printf("thread %-*u", width[t] - 5, t);
    printf("order    source\n");
    for (size_t i = 0; i < r->n; i++) {
        const struct ecs_explored_step *s = &r->step[i];
        const char *file = strrchr(s->file, '/');
        printf("%4zu%c ", i + 1, s->preempts ? '>' : ' ');
        lane_text(s, text, sizeof text);
        for (unsigned t = 0; t < lanes; t++)
            printf("%-*.*s", width[t] + 2, LANE_MAX, t == s->thread ? text : "");
        printf("%-8s %s:%d\n", s->order, file ? file + 1 : s->file, s->line);
    }
    printf("(> a preemption: the thread before could have gone on)\n");
}

static void print_cost(const struct ecs_explored *r)
{
    if (r->states)
        printf("%llu states, ", (unsigned long long)r->states);
    printf("%llu schedule%s", (unsigned long long)r->schedules, r->schedules == 1 ? "" : "s");
}

static void print_text(const struct ecs_explored *r)
{
    printf("%s: ", r->head);
    if (strcmp(r->verdict, "violation") == 0) {
        printf("violation (%s)\n%s\n", r->finding, r->what);
        printf("%u preemption%s, %zu steps%s; found in ", r->preemptions,
               r->preemptions == 1 ? "" : "s", r->n, r->minimal ? ", as few as there can be" : "");
        print_cost(r);
        printf(", %.1f ms\n", r->seconds * 1e3);
        if (r->n)
            print_table(r);
        if (r->schedule)
            printf("\nplay it again with: %s explore --schedule '%s'\n", ECS_PROGRAM, r->schedule);
    } else {
        bool clean = strcmp(r->verdict, "clean") == 0;
        printf("no violation%s: ", clean ? "" : " so far");
        print_cost(r);
        if (r->exhaustive)
            printf(", exhaustive for this program and %u threads", r->threads);
        else
            printf(", not exhaustive: %s", r->why);
        printf(" (%.1f ms)\n", r->seconds * 1e3);
        if (r->n)
            print_table(r);
    }
    if (strcmp(r->model, "ra") == 0)
        printf("model ra: release/acquire with relaxed reads, no load buffering: not full C11\n");
}

/* ---- arguments ------------------------------------------------------------------------------- */

struct words {
    const char *v[MAX_WORDS];
    size_t n;
    char seconds[32], bound[16], threads[32], states[32], spurious[16];
};

static void add(struct words *w, const char *key, const char *value)
{
    if (value && w->n + 3 < MAX_WORDS) {
        w->v[w->n++] = key;
        w->v[w->n++] = value;
    }
}

static int add_numbers(const struct ecs_arguments *a, struct words *w, struct ecs_error *e)
{
    static const struct { const char *name, *key; unsigned low, high; } counts[] = {
        {"bound", "bound", 0, 1000}, {"max-states", "states", 1, 50000000},
        {"spurious", "spurious", 0, 8}, {"threads", NULL, 1, 6}};
    char *out[] = {w->bound, w->states, w->spurious, w->threads};
    for (size_t i = 0; i < 4; i++) {
        const char *text = ecs_arguments_value(a, counts[i].name);
        char option[32];
        unsigned n;
        snprintf(option, sizeof option, "--%s", counts[i].name);
        if (!text)
            continue;
        int rc = ecs_input_count(option, text, counts[i].low, counts[i].high, &n, e);
        if (rc)
            return rc;
        if (counts[i].key)
            snprintf(out[i], 16, "%u", n);
        else
            snprintf(out[i], 32, "threads=%u", n);
        add(w, counts[i].key ? counts[i].key : "set", out[i]);
    }
    return 0;
}

static int make_words(const struct ecs_arguments *a, struct words *w, struct ecs_error *e)
{
    const char *limit = ecs_arguments_value(a, "limit");
    uint64_t ns = 5 * ECS_NS_PER_S;
    w->v[w->n++] = "search";
    w->v[w->n++] = a->n_words ? a->word[0] : "-";
    int rc = limit ? ecs_input_time("--limit", limit, ECS_NS_PER_S / 1000, 3600 * ECS_NS_PER_S,
                                    &ns, e) : 0;
    if (rc == 0)
        rc = add_numbers(a, w, e);
    if (rc)
        return rc;
    snprintf(w->seconds, sizeof w->seconds, "%g", (double)ns / 1e9);
    add(w, "seconds", w->seconds);
    add(w, "model", ecs_arguments_value(a, "model"));
    add(w, "reduction", ecs_arguments_value(a, "reduction"));
    add(w, "schedule", ecs_arguments_value(a, "schedule"));
    for (size_t i = 0; i < a->n_given; i++) {
        if (strcmp(a->given[i].option->name, "set") == 0)
            add(w, "set", a->given[i].value);
    }
    w->v[w->n] = NULL;
    return 0;
}

static void show_progress(const char *text)
{
    ecs_print_progress("%s", text);
}

static int explore(const struct ecs_arguments *a)
{
    struct words w = {.n = 0};
    struct ecs_error e = {0};
    struct ecs_explored r;
    if (a->n_words == 0 && !ecs_arguments_has(a, "schedule"))
        return print_programs(a);
    if (make_words(a, &w, &e))
        return ecs_print_error(&e);
    ecs_catch_interrupts();
    int rc = ecs_explored_run(w.v, show_progress, ecs_interrupted, &r, &e);
    ecs_end_progress();
    int status = ECS_EXIT_DONE;
    if (rc) {
        status = ecs_print_error(&e);
        status = rc == -ENOENT || rc == -EIO ? ECS_EXIT_MACHINE : status;
    } else {
        if (ecs_input_format(a) == ECS_FORMAT_JSON)
            print_json(&r);
        else
            print_text(&r);
        status = strcmp(r.verdict, "violation") == 0 ? ECS_EXIT_FOUND : ECS_EXIT_DONE;
    }
    ecs_explored_free(&r);
    return status;
}

static const struct ecs_option options[] = {
    {.name = "set", .argument = "NAME=VALUE",
     .help = "set a parameter; may be given again (see: " ECS_PROGRAM " explore)"},
    {.name = "model", .argument = "MODEL", .choices = models,
     .help = "sc (as it is): sequentially consistent; tso: store buffers, as on x86;\n"
             "ra: release/acquire with relaxed reads"},
    {.name = "threads", .argument = "N", .help = "the same as --set threads=N"},
    {.name = "bound", .argument = "N", .help = "at most N preemptions"},
    {.name = "reduction", .argument = "HOW", .choices = reductions,
     .help = "cache (as it is), dpor, bound or naive"},
    {.name = "spurious", .argument = "N",
     .help = "each thread may have N weak compare-exchanges fail for no reason (0)"},
    {.name = "limit", .argument = "TIME", .help = "give up after this time (5 s)"},
    {.name = "max-states", .argument = "N", .help = "give up after this many states (4000000)"},
    {.name = "schedule", .argument = "LINE", .help = "play this one schedule, step by step"},
    ECS_OPTION_FORMAT_SHORT,
    ECS_OPTION_JSON,
    {.name = NULL},
};

const struct ecs_command ecs_command_explore = {
    .name = "explore", .words = "[PROGRAM]", .most = 1,
    .summary = "search every interleaving of a program on the lock-free sources",
    .options = options, .run = explore,
    .more = "A schedule looks like this: 'aba/plain/sc: 0*2 1*9 0*1'. A move is a step of a\n"
            "thread (1, or 1*9 for nine), a store that leaves its buffer (1f), a load that does\n"
            "not see the two newest stores (1r2), a compare-exchange that fails for no reason\n"
            "(1s).\n"
            "Exit status 1: a violation was found.",
};
