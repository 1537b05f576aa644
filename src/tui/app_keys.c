#include "tui/app_state.h"

/* Help is over whatever page is up: it takes the keys that move it or close it. */
static bool help_key(struct ecs_app *a, uint32_t key)
{
    enum ecs_action action = ecs_keymap(key);

    if (!a->ui.help)
        return false;
    switch (action) {
    case ECS_ACTION_UP:
    case ECS_ACTION_BACK:
        a->ui.help_scroll -= action == ECS_ACTION_UP ? 1 : 5;
        if (a->ui.help_scroll < 0)
            a->ui.help_scroll = 0;
        break;
    case ECS_ACTION_DOWN:
    case ECS_ACTION_NEXT:
        a->ui.help_scroll += action == ECS_ACTION_DOWN ? 1 : 5;
        if (a->ui.help_scroll > ecs_view_help_scroll(&a->ui, a->canvas.w, a->canvas.h))
            a->ui.help_scroll = ecs_view_help_scroll(&a->ui, a->canvas.w, a->canvas.h);
        break;
    case ECS_ACTION_REDRAW:
    case ECS_ACTION_SUSPEND:
    case ECS_ACTION_THEME:
        return false;
    default:
        if (action != ECS_ACTION_QUIT && action != ECS_ACTION_HELP &&
            action != ECS_ACTION_ENTER && key != ECS_KEY_ESC)
            return true;
        a->ui.help = false;
    }
    ecs_app_changed(a, true);
    return true;
}

void ecs_app_key(struct ecs_app *a, uint32_t key)
{
    if (key == ECS_KEY_CTRL_C) {
        ecs_app_stop(a);
        return;
    }
    a->ui.toast[0] = '\0';        /* it spoke of what was before this key */
    if (help_key(a, key))
        return;
    if (a->ui.page == ECS_PAGE_PICKER) {
        ecs_app_shelf_key(a, key);
        return;
    }
    if (!ecs_app_lesson_key(a, key))
        ecs_app_act(a, ecs_keymap(key));
}

static void next_theme(struct ecs_app *a)
{
    a->ui.theme = (enum ecs_theme_name)((a->ui.theme + 1) % ECS_THEMES);
    ecs_app_toast(a, "theme: %s", ecs_theme_label(a->ui.theme));
}

static void next_dots(struct ecs_app *a)
{
    static const char *const name[] = {"braille", "blocks", "ASCII"};

    if (a->ui.glyphs == ECS_GLYPHS_UTF8)
        a->ui.dots = (enum ecs_dots)((a->ui.dots + 1) % 3);
    ecs_app_toast(a, "charts: %s", name[a->ui.dots]);
}

void ecs_app_act(struct ecs_app *a, enum ecs_action action)
{
    switch (action) {
    case ECS_ACTION_NONE:
        return;
    case ECS_ACTION_HELP:
        a->ui.help = !a->ui.help;
        a->ui.help_scroll = 0;
        break;
    case ECS_ACTION_THEME:
        next_theme(a);
        break;
    case ECS_ACTION_DOTS:
        next_dots(a);
        break;
    case ECS_ACTION_REDRAW:
        ecs_screen_redraw(a->screen);
        break;
    case ECS_ACTION_SUSPEND:
        ecs_app_suspend(a);
        return;
    default:
        if (a->ui.help) {
            a->ui.help = false;      /* a click on the page beneath */
        } else if (a->ui.page == ECS_PAGE_PICKER) {
            ecs_app_shelf_act(a, action);
            return;
        } else {
            ecs_app_lesson_act(a, action);
            return;
        }
    }
    ecs_app_changed(a, true);
}

static bool inside(const struct ecs_rect *r, int x, int y)
{
    return x >= r->x && x < r->x + r->w && y >= r->y && y < r->y + r->h;
}

void ecs_app_click(struct ecs_app *a, int x, int y)
{
    /* What was drawn last lies on top. */
    for (size_t i = a->hots.n; i-- > 0;) {
        struct ecs_hot hot = a->hots.v[i];
        if (!inside(&hot.r, x, y))
            continue;
        bool lesson = a->ui.page == ECS_PAGE_LESSON && !a->ui.help && hot.arg >= 0;
        if (hot.action < ECS_HOT_CHOICE)
            ecs_app_act(a, (enum ecs_action)hot.action);
        else if (hot.action == ECS_HOT_SHELF && a->ui.page == ECS_PAGE_PICKER && !a->ui.help)
            ecs_app_shelf_open(a, (size_t)hot.arg);
        else if (hot.action == ECS_HOT_CHOICE && lesson)
            ecs_app_lesson_choose(a, (size_t)hot.arg);
        else if (hot.action == ECS_HOT_TOGGLE && lesson)
            ecs_app_lesson_toggle(a, (size_t)hot.arg);
        else if (hot.action == ECS_HOT_CONFIDENCE && lesson)
            ecs_app_lesson_confidence(a, hot.arg);
        return;
    }
}
