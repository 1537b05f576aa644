/* Shows a screen of the golden tests in colours: golden_show NAME [WxH] [dark|light|mono] [ascii]
 * For the eye; without arguments it lists the names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screens.h"
#include "tui/utf8.h"

static void cell(const struct ecs_cell *at, enum ecs_theme_name theme)
{
    struct ecs_style s = ecs_theme_style(
        theme, theme == ECS_THEME_MONO ? ECS_DEPTH_MONO : ECS_DEPTH_256, (enum ecs_role)at->role);
    int attr = s.attr | at->attr;
    char text[5] = {0};

    if (at->attr & ECS_WIDE_TAIL)
        return;
    ecs_utf8_put(at->ch, text);
    printf("\033[0");
    if (attr & ECS_BOLD)
        printf(";1");
    if (attr & ECS_UNDERLINE)
        printf(";4");
    if (attr & ECS_REVERSE)
        printf(";7");
    if (s.fg >= 0)
        printf(";38;5;%d", s.fg);
    if (s.bg >= 0)
        printf(";48;5;%d", s.bg);
    printf("m%s", text);
}

static const struct screen *find(const char *name)
{
    for (size_t i = 0; i < n_screens; i++)
        if (strcmp(screens[i].name, name) == 0)
            return &screens[i];
    return NULL;
}

int main(int argc, char **argv)
{
    int w = 80, h = 24;
    enum ecs_theme_name theme = ECS_THEME_DARK;
    enum ecs_glyphs glyphs = ECS_GLYPHS_UTF8;
    const struct screen *s = argc > 1 ? find(argv[1]) : NULL;
    struct ecs_canvas c;

    if (!s) {
        for (size_t i = 0; i < n_screens; i++)
            printf("%-18s %s\n", screens[i].name, screens[i].sizes);
        return argc > 1 ? 2 : 0;
    }
    for (int i = 2; i < argc; i++) {
        sscanf(argv[i], "%dx%d", &w, &h);
        theme = strcmp(argv[i], "light") == 0 ? ECS_THEME_LIGHT
              : strcmp(argv[i], "mono") == 0 ? ECS_THEME_MONO : theme;
        glyphs = strcmp(argv[i], "ascii") == 0 ? ECS_GLYPHS_ASCII : glyphs;
    }
    if (screen_draw(s, w, h, glyphs, &c, NULL))
        return 1;
    for (int y = 0; y < c.h; y++) {
        for (int x = 0; x < c.w; x++)
            cell(&c.cell[(size_t)y * (size_t)c.w + (size_t)x], theme);
        printf("\033[0m\n");
    }
    ecs_canvas_free(&c);
    return 0;
}
