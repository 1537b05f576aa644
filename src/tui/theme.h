/* Roles to colours. Three themes; each in 256 colours, 16 colours and mono. Okabe-Ito mapped
 * to the terminal's palette; no state is told by colour alone. Contrast of every pair is
 * tested (4.5:1 at least). */
#ifndef ECS_TUI_THEME_H
#define ECS_TUI_THEME_H

#include "tui/canvas.h"

enum ecs_theme_name { ECS_THEME_DARK, ECS_THEME_LIGHT, ECS_THEME_MONO, ECS_THEMES };
enum ecs_depth { ECS_DEPTH_MONO, ECS_DEPTH_16, ECS_DEPTH_256 };

struct ecs_style { short fg, bg; uint8_t attr; };   /* -1: the terminal's default */
struct ecs_style ecs_theme_style(enum ecs_theme_name t, enum ecs_depth d, enum ecs_role r);
const char *ecs_theme_label(enum ecs_theme_name t);

/* sRGB of a palette index (xterm's 256), for the contrast test and SVG captures. */
void ecs_palette_rgb(int index, uint8_t rgb[3]);

#endif
