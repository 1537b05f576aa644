/* replay: a recording on screen, or its figures. */
#include <errno.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/document.h"
#include "cli/inputs.h"
#include "cli/learn.h"
#include "cli/output.h"
#include "run/trace_file.h"

static json_t *segment_json(const struct ecs_figures *f)
{
    json_t *o = json_object();
    ecs_document_figures(o, f);
    return o;
}

static void print_json(const struct ecs_trace *t, const struct ecs_figure_sets *sets)
{
    const struct ecs_snapshot *last = t->n ? &t->snap[t->n - 1] : NULL;
    json_t *o = json_pack("{s:s, s:s}", "schema", "ecscope.run.v1", "scenario", t->scenario->name);
    json_t *segments = json_array();
    json_object_set_new(o, "machine", ecs_document_recorded_machine(&t->head));
    json_object_set_new(o, "seconds",
                        ecs_document_number(last ? (double)last->time_ns / 1e9 : 0));
    for (size_t i = 0; i < sets->n; i++)
        json_array_append_new(segments, segment_json(&sets->v[i]));
    ecs_document_figures(o, &sets->v[sets->n - 1]);
    json_object_set_new(o, "segments", segments);
    json_object_set_new(o, "recorded",
                        json_pack("{s:o, s:o, s:o, s:b, s:o}", "date",
                                  ecs_document_text(t->head.date), "title",
                                  ecs_document_text(t->head.title), "lesson",
                                  ecs_document_text(t->head.lesson), "truncated", t->truncated,
                                  "damage", ecs_document_text(t->damage)));
    ecs_document_print(o);
}

static void print_text(const struct ecs_trace *t, const struct ecs_figure_sets *sets)
{
    printf("RECORDED on %s, %s, %s\n", t->head.host[0] ? t->head.host : "an unnamed host",
           t->head.cpu[0] ? t->head.cpu : "an unknown processor",
           t->head.date[0] ? t->head.date : "at an unknown date");
    if (t->head.title[0])
        printf("%s%s%s\n", t->head.lesson, t->head.lesson[0] ? ": " : "", t->head.title);
    for (size_t i = 0; i < sets->n; i++) {
        putchar('\n');
        ecs_text_params(t->scenario, &sets->v[i].values);
        ecs_text_figures(&sets->v[i]);
    }
}

static int boil_down(const struct ecs_trace *t, struct ecs_figure_sets *sets)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < t->n; i++)
        rc = ecs_figure_sets_add(sets, t->scenario, &t->snap[i]);
    return rc;
}

static int print_figures(const struct ecs_trace *t, enum ecs_format format)
{
    struct ecs_figure_sets sets = { 0 };
    if (format == ECS_FORMAT_CSV) {
        ecs_csv_head(t->scenario);
        for (size_t i = 0; i < t->n; i++)
            ecs_csv_window(t->scenario, &t->snap[i]);
        return ECS_EXIT_DONE;
    }
    if (t->n == 0)
        return ecs_print_usage("it was ended before its first window", "this recording is empty");
    int status = ECS_EXIT_DONE;
    if (boil_down(t, &sets))
        status = ecs_print_usage(NULL, "there is not enough memory for so long a recording");
    else if (format == ECS_FORMAT_JSON)
        print_json(t, &sets);
    else
        print_text(t, &sets);
    ecs_figure_sets_free(&sets);
    return status;
}

static int on_screen(const struct ecs_arguments *a, struct ecs_trace *t)
{
    struct ecs_error e = { 0 };
    struct ecs_app_options o = { .replay = t };
    ecs_screen_arguments(a, &o);
    return ecs_app_run(&o, &e) ? ecs_print_error(&e) : ECS_EXIT_DONE;
}

static int replay(const struct ecs_arguments *a)
{
    struct ecs_error e = { 0 };
    struct ecs_trace *t;
    if (ecs_trace_read(a->word[0], &t, &e))
        return ecs_print_error(&e);
    bool wanted = ecs_arguments_has(a, "format") || ecs_arguments_has(a, "json");
    if (!wanted && ecs_on_terminal() && t->n > 0)
        return on_screen(a, t);
    if (t->damage[0])
        ecs_print_note("%s: %s; what comes before it is whole", a->word[0], t->damage);
    int status = print_figures(t, ecs_input_format(a));
    ecs_trace_free(t);
    return status;
}

static const struct ecs_option options[] = {
    { .name = "format", .argument = "FORMAT",
      .help = "text, json or csv; as it is, the screen, and text where there is none",
      .choices = ecs_formats_all },
    ECS_OPTION_JSON,
    ECS_OPTION_STATE,
    ECS_OPTIONS_SCREEN,
    { .name = NULL },
};

const struct ecs_command ecs_command_replay = {
    .name = "replay", .words = "FILE", .least = 1, .most = 1,
    .summary = "play a recording on the screen, or print its figures",
    .options = options, .run = replay,
    .more = "JSON is the document of `run` with the source \"recorded\": its figures are those of\n"
            "the last values recorded; \"segments\" has those of all of them.\n",
};
