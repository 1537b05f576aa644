/* The screens that golden tests hold on to: each a name and how to get there. */
#ifndef ECS_TESTS_GOLDEN_SCREENS_H
#define ECS_TESTS_GOLDEN_SCREENS_H

#include "stage.h"

struct screen {
    const char *name;
    void (*build)(struct stage *st);
    const char *sizes; /* "80x24 100x30u": with u UTF-8 only, with a ASCII only, else both */
};
extern const struct screen screens[];
extern const size_t n_screens;

/* Draws a built stage; the caller frees the canvas. */
int screen_draw(const struct screen *s, int w, int h, enum ecs_glyphs glyphs, struct ecs_canvas *c,
                struct ecs_hots *hots);

#endif
