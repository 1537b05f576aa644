/* Everything is drawn with the UTF-8 glyphs; where they cannot be had, one pass over the finished
 * canvas puts the nearest ASCII character in the place of each. So nothing can be forgotten. */
#ifndef ECS_TUI_WIDGETS_GLYPH_H
#define ECS_TUI_WIDGETS_GLYPH_H

#include <stddef.h>

#include "tui/canvas.h"

/* One ASCII character of the same width and as near in meaning as can be; '?' if none is known. */
uint32_t ecs_ascii_glyph(uint32_t ch);
/* Every cell that is not ASCII, wide characters included. */
void ecs_canvas_to_ascii(struct ecs_canvas *c);
/* The glyphs that views use beyond ASCII, in order of code point: a screen asks whether each is one
 * column wide in the terminal's locale. 0 after the last one. */
uint32_t ecs_glyph_used(size_t index);

#endif
