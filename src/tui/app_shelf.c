#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app_state.h"

#define TYPED_MS 1200
#define START_MS 20

/* ---- what is on it ---------------------------------------------------------------------- */

static void load_row(struct ecs_app *a, size_t row)
{
    struct ecs_shelf_row *r = &a->shelf[row];
    struct ecs_error e = {.code = 0};

    memset(&r->answers, 0, sizeof r->answers);
    ecs_progress_load(a->progress, r->lesson->id, &r->answers, &e);
    if (e.code && !a->ui.problem[0])
        ecs_error_text(&e, a->ui.problem, sizeof a->ui.problem);
}

static void tell_issues(struct ecs_app *a, const struct ecs_issues *issues)
{
    const struct ecs_issue *first = NULL;
    size_t errors = 0;

    for (size_t i = 0; i < issues->n; i++)
        if (!issues->v[i].warning && errors++ == 0)
            first = &issues->v[i];
    if (errors == 1)
        snprintf(a->ui.problem, sizeof a->ui.problem, "A lesson was left out: %.220s",
                 first->what);
    else if (errors > 1)
        snprintf(a->ui.problem, sizeof a->ui.problem,
                 "%zu lessons were left out, the first: %.190s",
                 errors, first->what);
}

static size_t first_unfinished(const struct ecs_app *a)
{
    for (size_t i = 0; i < a->lessons.n; i++)
        if (!a->shelf[i].answers.finished)
            return i;
    return 0;
}

static int find_wanted(struct ecs_app *a, struct ecs_error *e)
{
    const char *wanted = a->options->lesson, **ids;
    const struct ecs_lesson *lesson = ecs_lessons_find(&a->lessons, wanted);

    for (size_t i = 0; lesson && i < a->lessons.n; i++)
        if (a->lessons.v[i] == lesson)
            a->ui.selected = i;
    if (lesson)
        return 0;
    ecs_fail(e, -ENOENT, "there is no lesson '%.60s'", wanted);
    ids = calloc(a->lessons.n + 1, sizeof *ids);
    for (size_t i = 0; ids && i < a->lessons.n; i++)
        ids[i] = a->lessons.v[i]->id;
    const char *near = ids ? ecs_nearest(wanted, ids) : NULL;
    if (near)
        ecs_error_mend(e, "did you mean %s?", near);
    else if (a->ui.problem[0])
        ecs_error_mend(e, "%.240s", a->ui.problem);
    else
        ecs_error_mend(e, "`ecscope-learn list` names them all");
    free(ids);
    return -ENOENT;
}

int ecs_app_shelf_load(struct ecs_app *a, struct ecs_error *e)
{
    struct ecs_issues issues = {.v = NULL};
    struct ecs_error failed = {.code = 0};
    const char *folder = a->options->lessons_dir ? a->options->lessons_dir : "lessons";
    int rc = ecs_lessons_load(folder, &a->lessons, &issues, &failed);

    if (rc < 0 && a->options->lesson) {
        ecs_issues_free(&issues);
        if (e)
            *e = failed;
        return rc;
    }
    if (rc < 0)
        ecs_error_text(&failed, a->ui.problem, sizeof a->ui.problem);
    else
        tell_issues(a, &issues);
    ecs_issues_free(&issues);
    a->shelf = calloc(a->lessons.n + 1, sizeof *a->shelf);
    if (!a->shelf)
        return ecs_fail(e, -ENOMEM, "out of memory");
    for (size_t i = 0; i < a->lessons.n; i++) {
        a->shelf[i].lesson = a->lessons.v[i];
        load_row(a, i);
    }
    a->ui.shelf = a->shelf;
    a->ui.n_shelf = a->lessons.n;
    const char *why = ecs_progress_why(a->progress);
    if (why && !a->ui.problem[0])
        snprintf(a->ui.problem, sizeof a->ui.problem, "Progress is not kept: %s", why);
    a->ui.selected = first_unfinished(a);
    return a->options->lesson ? find_wanted(a, e) : 0;
}

void ecs_app_shelf_free(struct ecs_app *a)
{
    ecs_lessons_free(&a->lessons);
    free(a->shelf);
    a->shelf = NULL;
    a->ui.shelf = NULL;
    a->ui.n_shelf = 0;
}

/* ---- to a lesson and back --------------------------------------------------------------- */

/* On the sampler's thread. */
static void post_news(void *arg)
{
    uv_async_send(arg);
}

void ecs_app_shelf_open(struct ecs_app *a, size_t row)
{
    struct ecs_session_options o = {.traces = a->options->traces_dir,
                                    .run = {.notify = post_news, .notify_arg = &a->news}};
    struct ecs_error e = {.code = 0};

    a->ui.typed[0] = '\0';
    uv_timer_stop(&a->typed);
    if (row >= a->ui.n_shelf || a->session)
        return;
    a->ui.selected = a->open_row = row;
    if (ecs_session_lesson(a->shelf[row].lesson, a->progress, &o, &a->session, &e) < 0) {
        ecs_app_toast_error(a, &e);
        return;
    }
    a->ui.page = ECS_PAGE_LESSON;
    a->ui.session = a->session;
    a->ui.panel = 0;
    a->asked_any = false;
    a->charted = NULL;
    a->data_end = 0;
    a->told[0] = '\0';
    ecs_app_lesson_look(a);
    ecs_app_changed(a, true);
    /* The workers start after the page is up. */
    ecs_app_after(a, &a->pump, START_MS);
}

void ecs_app_shelf_return(struct ecs_app *a)
{
    if (a->recorder)
        ecs_app_record_toggle(a);
    a->ui.session = NULL;
    ecs_session_free(a->session);
    a->session = NULL;
    uv_timer_stop(&a->pump);
    a->ui.page = ECS_PAGE_PICKER;
    a->ui.scrubbing = false;
    a->ui.selected = a->open_row;
    load_row(a, a->open_row);
    ecs_app_changed(a, true);
}

/* ---- keys ------------------------------------------------------------------------------- */

/* The lesson whose number was typed; `others`: numbers that begin the same way. */
static size_t typed_row(const struct ecs_app *a, bool *found, size_t *others)
{
    const char *typed = a->ui.typed + strspn(a->ui.typed, "0");
    size_t row = 0, n = strlen(typed);

    *found = false;
    *others = 0;
    for (size_t i = 0; n > 0 && i < a->ui.n_shelf; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", a->shelf[i].lesson->number);
        if (strcmp(number, typed) == 0 && !*found) {
            *found = true;
            row = i;
        } else if (strncmp(number, typed, n) == 0) {
            ++*others;
        }
    }
    return row;
}

static void type_digit(struct ecs_app *a, char digit)
{
    size_t n = strlen(a->ui.typed), others;
    bool found;

    if (n + 1 >= sizeof a->ui.typed)
        return;
    a->ui.typed[n] = digit;
    a->ui.typed[n + 1] = '\0';
    size_t row = typed_row(a, &found, &others);
    if (found && others == 0) {
        ecs_app_shelf_open(a, row);
        return;
    }
    if (found)
        a->ui.selected = row;
    else if (others == 0 && strspn(a->ui.typed, "0") <= n) {
        ecs_app_toast(a, "there is no lesson %s", a->ui.typed);
        a->ui.typed[0] = '\0';
        return;
    }
    ecs_app_after(a, &a->typed, TYPED_MS);
    ecs_app_changed(a, true);
}

void ecs_app_shelf_typed_timeout(struct ecs_app *a)
{
    bool found;
    size_t others, row = typed_row(a, &found, &others);

    if (found && a->ui.page == ECS_PAGE_PICKER)
        ecs_app_shelf_open(a, row);
    a->ui.typed[0] = '\0';
    ecs_app_changed(a, true);
}

void ecs_app_shelf_key(struct ecs_app *a, uint32_t key)
{
    size_t n = strlen(a->ui.typed);

    if (key >= '0' && key <= '9') {
        type_digit(a, (char)key);
    } else if (n > 0 && (key == ECS_KEY_BACKSPACE || key == ECS_KEY_ESC)) {
        a->ui.typed[key == ECS_KEY_ESC ? 0 : n - 1] = '\0';
        ecs_app_changed(a, true);
    } else {
        ecs_app_act(a, ecs_keymap(key));
    }
}

static void move_to(struct ecs_app *a, long row)
{
    long last = (long)a->ui.n_shelf - 1;

    a->ui.typed[0] = '\0';
    uv_timer_stop(&a->typed);
    row = row > last ? last : row;
    a->ui.selected = row < 0 ? 0 : (size_t)row;
    ecs_app_changed(a, true);
}

void ecs_app_shelf_act(struct ecs_app *a, enum ecs_action action)
{
    long at = (long)a->ui.selected;

    switch (action) {
    case ECS_ACTION_QUIT:  ecs_app_stop(a); break;
    case ECS_ACTION_UP:    move_to(a, at - 1); break;
    case ECS_ACTION_DOWN:  move_to(a, at + 1); break;
    case ECS_ACTION_NEXT:  move_to(a, at + 5); break;
    case ECS_ACTION_BACK:  move_to(a, at - 5); break;
    case ECS_ACTION_HOME:  move_to(a, 0); break;
    case ECS_ACTION_END:   move_to(a, (long)a->ui.n_shelf - 1); break;
    case ECS_ACTION_RIGHT:
    case ECS_ACTION_ENTER: ecs_app_shelf_open(a, a->ui.selected); break;
    default: break;
    }
}
