#include "tui/views/text_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct ecs_pen_style plain = {ECS_ROLE_TEXT, 0};
static const struct ecs_pen_style strong = {ECS_ROLE_TITLE, ECS_BOLD};
static const struct ecs_pen_style muted = {ECS_ROLE_MUTED, 0};
static const struct ecs_pen_style good = {ECS_ROLE_GOOD, ECS_BOLD};
static const struct ecs_pen_style bad = {ECS_ROLE_BAD, 0};

static void prediction(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_block *b)
{
    struct ecs_standing st = ecs_player_standing(s->player, b);
    const struct ecs_choice *c = st.choice >= 0 ? &b->predict.choice[st.choice] : NULL;

    ecs_pen_text(pen, 2, NULL, plain, b->predict.ask);
    if (!c) {
        ecs_pen_text(pen, 4, NULL, muted, "you went on without a guess");
    } else {
        ecs_pen_textf(pen, 4, c->right ? "  \u2713" : "  \u2717", c->right ? good : bad,
                      "you said: %s%s%s", c->text, st.confidence ? ", " : "",
                      ecs_confidence_word(st.confidence));
        if (!c->right && c->why)
            ecs_pen_text(pen, 4, NULL, plain, c->why);
    }
    for (size_t i = 0; i < b->predict.n && !(c && c->right); i++)
        if (b->predict.choice[i].right)
            ecs_pen_textf(pen, 4, "  \u2192", plain, "it is: %s", b->predict.choice[i].text);
}

static void question(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_block *b)
{
    struct ecs_standing st = ecs_player_standing(s->player, b);

    ecs_pen_text(pen, 4, st.right ? "  \u2713" : "  \u25cb", st.right ? good : plain,
                 b->kind == ECS_BLOCK_ASK ? b->ask.ask : b->task.task);
    if (!st.right)
        ecs_pen_text(pen, 4, NULL, muted,
                     st.revealed  ? "with the solution shown"
                     : st.skipped ? "skipped"
                                  : "not at the first answer");
}

/* Each kind under its heading, which stands only when there is one of them. */
static void
section(const struct ecs_scene *s, struct ecs_pen *pen, const char *heading, unsigned kinds,
        void (*one)(const struct ecs_scene *, struct ecs_pen *, const struct ecs_block *))
{
    bool any = false;

    for (size_t i = 0; i < s->lesson->n; i++)
        for (size_t k = 0; k < s->lesson->step[i].n; k++) {
            const struct ecs_block *b = &s->lesson->step[i].block[k];
            if (!(kinds >> b->kind & 1))
                continue;
            if (!any) {
                ecs_pen_gap(pen);
                ecs_pen_text(pen, 0, NULL, strong, heading);
            }
            any = true;
            one(s, pen, b);
        }
}

static void score(const struct ecs_scene *s, struct ecs_pen *pen)
{
    struct ecs_recap r = ecs_player_recap(s->player);
    unsigned all = r.predictions + r.questions + r.tasks, right = r.foreseen + r.right + r.solved;

    ecs_pen_textf(pen, 0, NULL, strong,
                  "%u of %u: %u of %u foreseen, %u of %u answered at once, %u of %u tasks.", right,
                  all, r.foreseen, r.predictions, r.right, r.questions, r.solved, r.tasks);
    if (r.certain_wrong)
        ecs_pen_textf(pen, 0, NULL, plain,
                      "%u time%s you were certain and the machine said otherwise: "
                      "that is what to remember.",
                      r.certain_wrong, r.certain_wrong == 1 ? "" : "s");
}

static const struct ecs_shelf_row *next_lesson(const struct ecs_scene *s)
{
    const struct ecs_shelf_row *next = NULL;

    for (size_t i = 0; i < s->ui->n_shelf; i++) {
        const struct ecs_shelf_row *row = &s->ui->shelf[i];
        if (row->lesson->number > s->lesson->number
            && (!next || row->lesson->number < next->lesson->number))
            next = row;
    }
    return next;
}

/* "M7 different variables …": the number is for authors. */
static const char *without_number(const char *misconception)
{
    size_t n = strcspn(misconception, " ");

    return misconception[0] == 'M' && strpbrk(misconception, "0123456789") == misconception + 1
               && misconception[n] ? misconception + n + 1 : misconception;
}

static void what_next(const struct ecs_scene *s, struct ecs_pen *pen)
{
    const struct ecs_shelf_row *next = next_lesson(s);

    ecs_pen_gap(pen);
    if (s->lesson->misconception && s->lesson->misconception[0])
        ecs_pen_textf(pen, 0, NULL, plain, "Not true, though often believed: %s.",
                      without_number(s->lesson->misconception));
    if (next)
        ecs_pen_textf(pen, 0, NULL, strong, "Next: %d  %s", next->lesson->number,
                      next->lesson->title);
    if (s->ui->problem[0])
        ecs_pen_text(pen, 2, "!", (struct ecs_pen_style){ECS_ROLE_WARN, 0}, s->ui->problem);
    else
        ecs_pen_text(pen, 0, NULL, muted, "Your answers are kept; the list shows them.");
}

void ecs_recap_page(const struct ecs_scene *s, struct ecs_pen *pen)
{
    score(s, pen);
    section(s, pen, "Your predictions", 1u << ECS_BLOCK_PREDICT, prediction);
    section(s, pen, "What the machine said", 1u << ECS_BLOCK_EXPECT, ecs_text_outcome);
    section(s, pen, "What you were asked", 1u << ECS_BLOCK_ASK | 1u << ECS_BLOCK_DO, question);
    what_next(s, pen);
}
