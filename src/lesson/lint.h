/* The parts of lint. Not for use outside this folder. */
#ifndef ECS_LESSON_LINT_H
#define ECS_LESSON_LINT_H

#include "lesson/parse.h"

#define ECS_LINT_COLUMNS 76      /* inside the borders of an 80-column screen */
#define ECS_LINT_ROWS 9          /* prose of one step that fits beside a chart at 80x24 */
#define ECS_LINT_EASE 50         /* "fairly difficult" ends here on Flesch's scale */

void ecs_lint_report(struct ecs_issues *issues, bool warning, int line, const char *mend,
                     const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Bands that cover the line without overlap and can be reached; tasks that can be met. */
void ecs_lint_bands(const struct ecs_lesson *l, const struct ecs_block *b,
                    struct ecs_issues *issues);
void ecs_lint_task(const struct ecs_lesson *l, const struct ecs_block *b,
                   struct ecs_issues *issues);
/* Rows, widths and reading ease. */
void ecs_lint_step_text(const struct ecs_step *s, struct ecs_issues *issues);
void ecs_lint_block_text(const struct ecs_block *b, struct ecs_issues *issues);

/* Rows that a text in the mark-up of lesson.h takes at `columns`, a blank row between paragraphs
 * included. Pure. */
size_t ecs_lint_rows(const char *text, size_t columns);
/* Flesch reading ease (R. Flesch, A New Readability Yardstick, 1948): 60 to 70 is plain English.
 * NAN below 30 words, where it says nothing. Pure. */
double ecs_lint_ease(const char *text);

#endif
