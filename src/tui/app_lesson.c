#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "lesson/number.h"
#include "tui/app_state.h"

#define PANELS 60                  /* whatever the layout has divides into this evenly */

static const struct ecs_player *player_of(const struct ecs_app *a)
{
    return a->session ? ecs_session_player(a->session) : NULL;
}

static enum ecs_wait wait_of(const struct ecs_app *a)
{
    const struct ecs_player *p = player_of(a);
    return p ? ecs_player_wait(p) : ECS_WAIT_NOTHING;
}

/* How many rows there are to choose from; 0: nothing to choose. */
static size_t choices(const struct ecs_app *a)
{
    const struct ecs_player *p = player_of(a);
    const struct ecs_block *b = p ? ecs_player_current(p) : NULL;

    switch (wait_of(a)) {
    case ECS_WAIT_CONFIDENCE: return 3;
    case ECS_WAIT_SEEN: return b ? b->predict.n : 0;
    case ECS_WAIT_CHOICE: return !b ? 0 : b->kind == ECS_BLOCK_ASK ? b->ask.n : b->predict.n;
    default: return 0;
    }
}

/* ---- noticing what changed -------------------------------------------------------------- */

static void tell_message(struct ecs_app *a)
{
    struct ecs_error message = {.code = 0};

    ecs_session_message(a->session, &message);
    if (!message.what[0] || strcmp(message.what, a->told) == 0)
        return;
    snprintf(a->told, sizeof a->told, "%s", message.what);
    ecs_app_toast_error(a, &message);
}

void ecs_app_lesson_look(struct ecs_app *a)
{
    const struct ecs_player *p = player_of(a);

    if (!a->session)
        return;
    tell_message(a);
    const struct ecs_series *series = ecs_session_series(a->session);
    size_t step = p ? ecs_player_step(p) : 0;
    if (series != a->charted || (p && (step != a->asked_step || !a->asked_any))) {
        a->charted = series;
        ecs_app_time_reset(a);
        ecs_app_changed(a, true);
    }
    if (a->ui.scrubbing && !ecs_session_paused(a->session)) {
        a->ui.scrubbing = false;
        ecs_app_changed(a, true);
    }
    if (!p)
        return;
    const struct ecs_block *asked = ecs_player_current(p);
    enum ecs_wait wait = ecs_player_wait(p);
    if (a->asked_any && asked == a->asked && wait == a->asked_wait && step == a->asked_step)
        return;
    a->asked = asked;
    a->asked_wait = wait;
    a->asked_step = step;
    a->asked_any = true;
    a->ui.choice = 0;
    a->ui.number[0] = '\0';
    a->ui.text_scroll = 0;
    ecs_app_changed(a, true);
}

/* ---- telling the session ---------------------------------------------------------------- */

/* Why nothing happened, in the words of the keys that would do something. */
static void explain_wait(struct ecs_app *a)
{
    switch (wait_of(a)) {
    case ECS_WAIT_CHOICE:
        ecs_app_toast(a, "answer first: 1 to %zu, or arrows and Enter; x skips", choices(a));
        break;
    case ECS_WAIT_CONFIDENCE:
        ecs_app_toast(a, "how sure are you? 1, 2 or 3");
        break;
    case ECS_WAIT_TOGGLE:
        ecs_app_toast(a, "press one of the keys that change the run, and watch; x skips");
        break;
    case ECS_WAIT_SEEN:
        ecs_app_toast(a, "say first what you saw: 1 to %zu; x skips", choices(a));
        break;
    case ECS_WAIT_MEASURE:
        ecs_app_toast(a, "measuring; x skips");
        break;
    case ECS_WAIT_NUMBER:
        ecs_app_toast(a, "type a number and press Enter; x skips");
        break;
    case ECS_WAIT_TASK:
        ecs_app_toast(a, "the task is not done yet; h gives a hint, x skips");
        break;
    case ECS_WAIT_NOTHING:
        ecs_app_toast(a, "not here");
        break;
    }
}

static void tell(struct ecs_app *a, enum ecs_player_action action, int arg, double value)
{
    int rc = ecs_session_act(a->session, action, arg, value);

    if (rc == -EAGAIN && action == ECS_ACT_HINT)
        ecs_app_toast(a, "no hint for this");
    else if (rc == -EAGAIN && action == ECS_ACT_REVEAL)
        ecs_app_toast(a, "no solution to show here");
    else if (rc == -EAGAIN && action == ECS_ACT_AGAIN)
        ecs_app_toast(a, "nothing was measured in this step");
    else if (rc == -EAGAIN && (action == ECS_ACT_BACK || action == ECS_ACT_SKIP))
        ecs_app_toast(a, action == ECS_ACT_BACK ? "this is the first step" : "nothing to skip");
    else if (rc == -EAGAIN)
        explain_wait(a);
    ecs_app_lesson_look(a);
    ecs_app_pump_soon(a);
    ecs_app_changed(a, true);
}

void ecs_app_lesson_choose(struct ecs_app *a, size_t choice)
{
    enum ecs_wait wait = wait_of(a);

    if (choice >= choices(a))
        return;
    a->ui.choice = choice;
    if (wait == ECS_WAIT_CONFIDENCE)
        tell(a, ECS_ACT_CONFIDENCE, (int)choice + 1, 0);
    else
        tell(a, ECS_ACT_CHOOSE, (int)choice, 0);
}

void ecs_app_lesson_confidence(struct ecs_app *a, int confidence)
{
    if (wait_of(a) == ECS_WAIT_CONFIDENCE && confidence >= 1 && confidence <= 3)
        ecs_app_lesson_choose(a, (size_t)confidence - 1);
}

void ecs_app_lesson_toggle(struct ecs_app *a, size_t toggle)
{
    const struct ecs_player *p = player_of(a);
    const struct ecs_block *b = p ? ecs_player_scenario(p) : NULL;

    if (!b || toggle >= b->scenario.n_toggles)
        return;
    /* What is changed must be seen happening. */
    if (a->ui.scrubbing)
        ecs_app_time_act(a, ECS_ACTION_END);
    tell(a, ECS_ACT_TOGGLE, (int)toggle, 0);
}

/* ---- numbers ---------------------------------------------------------------------------- */

static void submit_number(struct ecs_app *a)
{
    struct ecs_error e = {.code = 0};
    double value;

    if (ecs_number_text(a->ui.number, &value, NULL, &e) < 0)
        ecs_app_toast_error(a, &e);
    else
        tell(a, ECS_ACT_NUMBER, 0, value);
}

static bool number_key(struct ecs_app *a, uint32_t key)
{
    size_t n = strlen(a->ui.number);
    bool digit = (key >= '0' && key <= '9') || key == '.' || key == '-';
    /* A multiple can only follow a number; alone, its letter is a key like any other. The letters
     * that go on or skip stay keys always. */
    bool unit = n > 0 && key < 0x80 && key != 0 && strchr("kKMG%", (int)key) != NULL;

    if (wait_of(a) != ECS_WAIT_NUMBER)
        return false;
    if (digit || unit) {
        if (n + 1 < sizeof a->ui.number) {
            a->ui.number[n] = key == 'k' ? 'K' : (char)key;
            a->ui.number[n + 1] = '\0';
        }
    } else if (n > 0 && key == ECS_KEY_BACKSPACE) {
        a->ui.number[n - 1] = '\0';
    } else if (n > 0 && key == ECS_KEY_ESC) {
        a->ui.number[0] = '\0';
    } else if (key == ECS_KEY_ENTER) {
        if (n == 0)
            explain_wait(a);
        else
            submit_number(a);
    } else {
        return false;
    }
    ecs_app_changed(a, true);
    return true;
}

/* ---- keys ------------------------------------------------------------------------------- */

static bool toggle_key(struct ecs_app *a, uint32_t key)
{
    const struct ecs_player *p = player_of(a);
    const struct ecs_block *b = p ? ecs_player_scenario(p) : NULL;

    for (size_t i = 0; b && i < b->scenario.n_toggles; i++)
        if ((unsigned char)b->scenario.toggle[i].key == key) {
            ecs_app_lesson_toggle(a, i);
            return true;
        }
    return false;
}

bool ecs_app_lesson_key(struct ecs_app *a, uint32_t key)
{
    if (number_key(a, key) || toggle_key(a, key))
        return true;
    if (key >= '1' && key <= '9' && choices(a) > 0) {
        ecs_app_lesson_choose(a, key - '1');
        return true;
    }
    if (key == ECS_KEY_ESC && a->ui.scrubbing)
        return ecs_app_time_act(a, ECS_ACTION_END);
    if (key == ECS_KEY_BACKTAB) {
        a->ui.panel = (a->ui.panel + PANELS - 1) % PANELS;
        ecs_app_changed(a, true);
        return true;
    }
    return false;
}

static void move(struct ecs_app *a, int by)
{
    size_t n = choices(a);
    int low, high, to = a->ui.text_scroll + by;
    /* Beyond the first or last choice lies the text around the question; what was scrolled
     * comes back before the mark moves again. */
    bool scrolls = n == 0 || (by < 0 && a->ui.choice == 0) ||
                   (by > 0 && a->ui.choice + 1 == n) || a->ui.text_scroll * by < 0;

    ecs_view_scroll_range(&a->ui, a->canvas.w, a->canvas.h, &low, &high);
    if (scrolls)
        a->ui.text_scroll = to < low ? low : to > high ? high : to;
    else
        a->ui.choice += (size_t)by;
    ecs_app_changed(a, true);
}

static void next(struct ecs_app *a)
{
    const struct ecs_player *p = player_of(a);

    if (ecs_player_step(p) >= ecs_player_lesson(p)->n)
        ecs_app_shelf_return(a);
    else
        tell(a, ECS_ACT_NEXT, 0, 0);
}

static void enter(struct ecs_app *a)
{
    if (choices(a) > 0)
        ecs_app_lesson_choose(a, a->ui.choice);
    else
        next(a);
}

static void recorded(struct ecs_app *a)
{
    struct ecs_error e = {.code = 0};

    if (ecs_session_fallback(a->session, ecs_session_recorded(a->session) == NULL, &e) < 0)
        ecs_app_toast_error(a, &e);
    ecs_app_lesson_look(a);
    ecs_app_pump_soon(a);
    ecs_app_changed(a, true);
}

/* Actions of any page with a session; false: none of these. */
static bool common_action(struct ecs_app *a, enum ecs_action action)
{
    switch (action) {
    case ECS_ACTION_UP:   move(a, -1); return true;
    case ECS_ACTION_DOWN: move(a, 1); return true;
    case ECS_ACTION_PANEL:
        a->ui.panel = (a->ui.panel + 1) % PANELS;
        ecs_app_changed(a, true);
        return true;
    default:
        return ecs_app_time_act(a, action);
    }
}

void ecs_app_lesson_act(struct ecs_app *a, enum ecs_action action)
{
    if (common_action(a, action))
        return;
    if (a->ui.page == ECS_PAGE_REPLAY) {
        if (action == ECS_ACTION_QUIT)
            ecs_app_stop(a);
        return;
    }
    switch (action) {
    case ECS_ACTION_QUIT:     ecs_app_shelf_return(a); break;
    case ECS_ACTION_ENTER:    enter(a); break;
    case ECS_ACTION_NEXT:     next(a); break;
    case ECS_ACTION_BACK:     tell(a, ECS_ACT_BACK, 0, 0); break;
    case ECS_ACTION_SKIP:     tell(a, ECS_ACT_SKIP, 0, 0); break;
    case ECS_ACTION_HINT:     tell(a, ECS_ACT_HINT, 0, 0); break;
    case ECS_ACTION_REVEAL:   tell(a, ECS_ACT_REVEAL, 0, 0); break;
    case ECS_ACTION_AGAIN:    tell(a, ECS_ACT_AGAIN, 0, 0); break;
    case ECS_ACTION_RECORDED: recorded(a); break;
    case ECS_ACTION_RECORD:   ecs_app_record_toggle(a); break;
    default: break;
    }
}
