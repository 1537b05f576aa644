/* list: lessons and scenarios. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/document.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "lesson/progress.h"

static const char *state_of(struct ecs_progress *progress, const struct ecs_lesson *l)
{
    struct ecs_answers answers;
    struct ecs_error e = { 0 };
    if (!progress || ecs_progress_load(progress, l->id, &answers, &e))
        return "new";
    return answers.finished ? "finished" : answers.step > 0 || answers.n > 0 ? "started" : "new";
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static json_t *choices_json(const struct ecs_param *p)
{
    json_t *list = json_array();
    for (size_t i = 0; p->choices[i]; i++) {
        json_t *o = json_pack("{s:s}", "name", p->choices[i]);
        if (p->choice_help)
            json_object_set_new(o, "help", ecs_document_text(p->choice_help[i]));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *param_json(const struct ecs_param *p)
{
    static const char *const kinds[] = { "int", "bytes", "count", "choice" };
    json_t *o = json_pack("{s:s, s:s, s:s, s:b}", "name", p->name, "summary", p->summary, "kind",
                          kinds[p->kind], "live", p->live);
    if (p->kind == ECS_PARAM_CHOICE) {
        json_object_set_new(o, "default", json_string(p->choices[p->def]));
        json_object_set_new(o, "choices", choices_json(p));
    } else {
        json_object_set_new(o, "default", json_integer(p->def));
        json_object_set_new(o, "min", json_integer(p->min));
        json_object_set_new(o, "max", json_integer(p->max));
        json_object_set_new(o, "multiple", json_integer(p->multiple > 1 ? p->multiple : 1));
    }
    return o;
}

static json_t *scenario_json(const struct ecs_scenario *s)
{
    json_t *params = json_array(), *metrics = json_array();
    for (size_t i = 0; i < s->n_params; i++)
        json_array_append_new(params, param_json(&s->params[i]));
    for (size_t i = 0; i < s->n_metrics; i++) {
        const struct ecs_metric *m = &s->metrics[i];
        json_array_append_new(metrics, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "name",
                                                 m->name, "label", m->label, "unit", m->unit,
                                                 "source", ecs_source_name(m->source), "how",
                                                 m->how, "lower_is_better", m->lower_is_better,
                                                 "is_count", m->is_count));
    }
    return json_pack("{s:s, s:s, s:i, s:o, s:o}", "name", s->name, "summary", s->summary,
                     "min_cpus", (int)s->min_cpus, "params", params, "metrics", metrics);
}

static json_t *lesson_json(const struct ecs_lesson *l, const char *state)
{
    json_t *o = json_object();
    json_object_set_new(o, "number", json_integer(l->number));
    json_object_set_new(o, "id", ecs_document_text(l->id));
    json_object_set_new(o, "title", ecs_document_text(l->title));
    json_object_set_new(o, "objective", ecs_document_text(l->objective));
    json_object_set_new(o, "needs", ecs_document_text(l->requires));
    json_object_set_new(o, "minutes", json_integer(l->minutes));
    json_object_set_new(o, "state", json_string(state));
    return o;
}

static void print_json(const struct ecs_lessons *lessons, struct ecs_progress *progress)
{
    size_t n;
    const struct ecs_scenario *const *scenarios = ecs_scenarios(&n);
    json_t *a = json_array(), *b = json_array();
    for (size_t i = 0; i < lessons->n; i++)
        json_array_append_new(a, lesson_json(lessons->v[i], state_of(progress, lessons->v[i])));
    for (size_t i = 0; i < n; i++)
        json_array_append_new(b, scenario_json(scenarios[i]));
    ecs_document_print(json_pack("{s:s, s:o, s:o, s:[]}", "schema", "ecscope.list.v1", "lessons",
                                 a, "scenarios", b, "programs"));
}

/* ---- text ---------------------------------------------------------------------------------- */

static void print_param(const struct ecs_param *p)
{
    char def[64], low[32], high[32];
    printf("    %-14s%s\n%18s", p->name, p->summary, "");
    if (p->kind == ECS_PARAM_CHOICE) {
        for (size_t i = 0; p->choices[i]; i++)
            printf("%s%s", i ? "|" : "", p->choices[i]);
    } else {
        printf("%s to %s", ecs_value_text(p, p->min, low, sizeof low),
               ecs_value_text(p, p->max, high, sizeof high));
    }
    printf(" (as it is: %s)\n", ecs_value_text(p, p->def, def, sizeof def));
}

static void print_metrics(const struct ecs_scenario *s)
{
    int column = printf("    metrics:");
    for (size_t i = 0; i < s->n_metrics; i++) {
        if (column + strlen(s->metrics[i].name) > 76)
            column = printf("\n            ") - 1;
        column += printf(" %s%s", s->metrics[i].name, i + 1 < s->n_metrics ? "," : "\n");
    }
}

static void print_lessons(const struct ecs_lessons *lessons, struct ecs_progress *progress)
{
    int id = 0;
    for (size_t i = 0; i < lessons->n; i++)
        id = (int)strlen(lessons->v[i]->id) > id ? (int)strlen(lessons->v[i]->id) : id;
    printf("lessons (open one with: %s ID)\n", ECS_PROGRAM);
    for (size_t i = 0; i < lessons->n; i++) {
        const struct ecs_lesson *l = lessons->v[i];
        printf("  %02d  %-*s  %s, %d min, %s\n", l->number, id, l->id, l->title, l->minutes,
               state_of(progress, l));
    }
    if (!lessons->n)
        printf("  there are none in this folder\n");
}

static void print_text(const struct ecs_lessons *lessons, struct ecs_progress *progress)
{
    size_t n;
    const struct ecs_scenario *const *scenarios = ecs_scenarios(&n);
    print_lessons(lessons, progress);
    printf("\nscenarios (run one with: %s run NAME --set PARAMETER=VALUE)\n", ECS_PROGRAM);
    for (size_t i = 0; i < n; i++) {
        const struct ecs_scenario *s = scenarios[i];
        printf("  %s: %s\n", s->name, s->summary);
        for (size_t k = 0; k < s->n_params; k++)
            print_param(&s->params[k]);
        print_metrics(s);
    }
}

static int list(const struct ecs_arguments *a)
{
    struct ecs_error e = { 0 };
    struct ecs_lessons lessons = { 0 };
    struct ecs_progress *progress = NULL;
    char folder[PATH_MAX];
    if (ecs_input_lessons_folder(a, folder, sizeof folder, &e) ||
        ecs_input_lessons(folder, &lessons, &e))
        return ecs_print_error(&e);
    ecs_progress_open(ecs_arguments_value(a, "state"), &progress);
    if (ecs_input_format(a) == ECS_FORMAT_JSON)
        print_json(&lessons, progress);
    else
        print_text(&lessons, progress);
    ecs_progress_free(progress);
    ecs_lessons_free(&lessons);
    return ECS_EXIT_DONE;
}

static const struct ecs_option options[] = {
    ECS_OPTION_LESSONS,
    ECS_OPTION_STATE,
    ECS_OPTION_FORMAT_SHORT,
    ECS_OPTION_JSON,
    { .name = NULL },
};

const struct ecs_command ecs_command_list = {
    .name = "list", .words = "",
    .summary = "lessons and scenarios with their parameters and metrics",
    .options = options, .run = list,
};
