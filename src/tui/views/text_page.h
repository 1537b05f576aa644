/* The words of a step: its visible blocks, one below the other, through a pen that measures or
 * draws. Shared by the views and nobody else. */
#ifndef ECS_TUI_VIEWS_TEXT_PAGE_H
#define ECS_TUI_VIEWS_TEXT_PAGE_H

#include "tui/views/views.h"
#include "tui/widgets/prose.h"

void ecs_text_page(const struct ecs_scene *s, struct ecs_pen *pen, struct ecs_focus *focus);
void ecs_recap_page(const struct ecs_scene *s, struct ecs_pen *pen);

/* Choices with the marked one, the learner's own, and once it may be told which was right. */
struct ecs_choice_list {
    const struct ecs_choice *choice;
    size_t n;
    int marked;              /* being chosen from now: this one is marked; -1: not */
    int own;                 /* the learner's, -1 none */
    bool told;               /* right and wrong are shown */
    bool seen;               /* in the words of what one would see */
};
void ecs_text_choices(const struct ecs_scene *s, struct ecs_pen *pen,
                      const struct ecs_choice_list *l, struct ecs_focus *focus);
/* The refutation of a wrong choice, or that it was right. */
void ecs_text_refute(struct ecs_pen *pen, const struct ecs_choice *own);
void ecs_text_outcome(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_block *b);

#endif
