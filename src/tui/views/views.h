/* The pages and panels that view.c puts together; one file each. Shared by the views and nobody
 * else. Each draws into the rectangle it is given and nowhere else. */
#ifndef ECS_TUI_VIEWS_VIEWS_H
#define ECS_TUI_VIEWS_VIEWS_H

#include "tui/views/scene.h"

/* pages */
void ecs_view_picker(struct ecs_scene *s);
void ecs_view_lesson(struct ecs_scene *s);
void ecs_view_help(struct ecs_scene *s);            /* over the page that is drawn already */
void ecs_view_too_small(struct ecs_scene *s);

/* Which panels a lesson or a recording shows at this size. */
struct ecs_layout ecs_view_layout(const struct ecs_scene *s, int w, int h);

/* lines */
void ecs_view_title(const struct ecs_scene *s, const char *part, const char *title);
void ecs_view_header(const struct ecs_scene *s);     /* of a lesson or a recording: row 0 */
void ecs_view_progress(const struct ecs_scene *s);   /* row 1 */
void ecs_view_toast(const struct ecs_scene *s);      /* above the footer, when there is one */

/* The footer: keys are added from the left while there is room; the last two keep their place at
 * the right end. */
struct ecs_footer { const struct ecs_scene *s; int x, end, y; };
struct ecs_footer ecs_footer_begin(const struct ecs_scene *s);
/* `key`: as shown; `label` may be empty. Adds the click target. False when there was no room. */
bool ecs_footer_add(struct ecs_footer *f, const char *key, const char *label, int action, int arg);
/* An action of the keymap with its own key and label; `label` NULL: the keymap's. */
bool ecs_footer_action(struct ecs_footer *f, enum ecs_action action, const char *label);
/* The first default key of an action as a screen shows it: "q", "Space", "↑". */
const char *ecs_action_key(enum ecs_action action, char out[16]);

/* panels */
void ecs_panel_charts(struct ecs_scene *s, struct ecs_rect r, bool framed);
void ecs_panel_ab(const struct ecs_scene *s, struct ecs_rect r, bool framed);
void ecs_panel_diagram(const struct ecs_scene *s, struct ecs_rect r, bool framed);
int ecs_panel_diagram_rows(const struct ecs_scene *s, int width, bool framed); /* wanted; 0: none */
void ecs_panel_text(const struct ecs_scene *s, struct ecs_rect r, bool framed);
int ecs_panel_text_rows(const struct ecs_scene *s, int width, bool framed);      /* wanted */
void ecs_footer_lesson(const struct ecs_scene *s, const struct ecs_layout *l);

/* Lines of a page that should be in view: what is asked now (down to `last`, and above all the
 * marked choice), else what was answered last. -1: none. */
struct ecs_focus { int first, last, marked; bool asked; };

#endif
