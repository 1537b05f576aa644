/* A grid of cells that views draw into. No terminal, no colour numbers: each cell has one
 * character, one role (theme.h gives it colours) and attributes. Golden tests read it directly. */
#ifndef ECS_TUI_CANVAS_H
#define ECS_TUI_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

/* Meaning, not colour. */
enum ecs_role {
    ECS_ROLE_TEXT, ECS_ROLE_MUTED, ECS_ROLE_TITLE, ECS_ROLE_BORDER, ECS_ROLE_KEY, ECS_ROLE_CODE,
    ECS_ROLE_A, ECS_ROLE_B, ECS_ROLE_C, ECS_ROLE_GOOD, ECS_ROLE_BAD, ECS_ROLE_WARN,
    ECS_ROLE_GUESS, ECS_ROLE_AXIS, ECS_ROLE_MARK, ECS_ROLE_BADGE, ECS_ROLE_BAR, ECS_ROLE_SELECTED,
    ECS_ROLE_HEAT0, ECS_ROLE_HEAT1, ECS_ROLE_HEAT2, ECS_ROLE_HEAT3,
    ECS_ROLE_HEAT4, ECS_ROLE_HEAT5, ECS_ROLE_HEAT6, ECS_ROLE_HEAT7,
    ECS_ROLES
};
enum { ECS_BOLD = 1, ECS_REVERSE = 2, ECS_UNDERLINE = 4, ECS_WIDE_TAIL = 128 /* right half of a 2-wide character */ };

struct ecs_cell { uint32_t ch; uint8_t role, attr; uint16_t pad; };
struct ecs_rect { int x, y, w, h; };
struct ecs_canvas { int w, h; struct ecs_cell *cell; };

/* Glyph sets: views ask for glyphs by meaning. */
enum ecs_glyphs { ECS_GLYPHS_UTF8, ECS_GLYPHS_ASCII };
/* Chart dots: braille 2x4, blocks 1x8, ASCII. */
enum ecs_dots { ECS_DOTS_BRAILLE, ECS_DOTS_BLOCKS, ECS_DOTS_ASCII };

int ecs_canvas_init(struct ecs_canvas *c, int w, int h);      /* -ENOMEM */
int ecs_canvas_resize(struct ecs_canvas *c, int w, int h);
void ecs_canvas_free(struct ecs_canvas *c);
void ecs_canvas_clear(struct ecs_canvas *c);                  /* spaces, ECS_ROLE_TEXT */
/* Everything outside the canvas is dropped silently. */
void ecs_put(struct ecs_canvas *c, int x, int y, uint32_t ch, enum ecs_role role, int attr);
/* UTF-8, clipped to `max` columns; returns columns used. Wide characters take two cells; control and
 * zero-width characters are dropped; bad bytes become '?'. */
int ecs_text(struct ecs_canvas *c, int x, int y, int max, enum ecs_role role, int attr, const char *s);
int ecs_textf(struct ecs_canvas *c, int x, int y, int max, enum ecs_role role, int attr, const char *fmt, ...)
    __attribute__((format(printf, 7, 8)));
void ecs_fill(struct ecs_canvas *c, struct ecs_rect r, uint32_t ch, enum ecs_role role, int attr);
int ecs_columns(const char *s);                               /* display columns of UTF-8 */
/* The whole canvas as UTF-8 lines (trailing spaces kept), and as one letter a cell for its role+attr.
 * malloc'ed; the caller frees. For golden files, the plain mode and captures. */
char *ecs_canvas_text(const struct ecs_canvas *c);
char *ecs_canvas_roles(const struct ecs_canvas *c);

#endif
