/* Everything is drawn with the UTF-8 glyphs; where they cannot be had, one pass over the finished
 * canvas puts the nearest ASCII character in the place of each. So nothing can be forgotten. */
#ifndef ECS_TUI_WIDGETS_GLYPH_H
#define ECS_TUI_WIDGETS_GLYPH_H

#include "tui/canvas.h"

/* One ASCII character for one that views draw: glyphs that tell states apart stay apart. */
char ecs_ascii_glyph(uint32_t ch);
/* Every cell that is not ASCII, wide characters included. */
void ecs_canvas_to_ascii(struct ecs_canvas *c);

#endif
