/* capture OUT.svg WIDTH HEIGHT KEYS -- PROGRAM ARGS…
 *
 * Runs a program in a pseudo-terminal, types KEYS, and writes what is then on its screen as an SVG.
 * KEYS are typed as they are, but for: `~` waits a second, `^M` is Enter. The picture is of the real
 * screen: cells read back through libvterm, colours of the terminal's palette. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pty.h"
#include "tui/theme.h"

#define CELL_W 8.4
#define CELL_H 18
#define PAPER "#0d1117"
#define INK "#e6edf3"

static void colour(int index, const char *fallback, char out[8])
{
    uint8_t rgb[3];

    if (index < 0) {
        snprintf(out, 8, "%s", fallback);
        return;
    }
    ecs_palette_rgb(index, rgb);
    snprintf(out, 8, "#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
}

static void put_character(FILE *f, uint32_t c)
{
    if (c == '<' || c == '>' || c == '&')
        fprintf(f, "&#%u;", (unsigned)c);
    else if (c < 0x80)
        fputc((int)c, f);
    else
        fprintf(f, "&#x%x;", (unsigned)c);
}

static bool same_style(struct test_cell a, struct test_cell b)
{
    return a.fg == b.fg && a.bg == b.bg && a.bold == b.bold && a.reverse == b.reverse &&
           a.underline == b.underline;
}

/* One run of cells of one style. Every character gets its own x, so that a font whose glyphs are not
 * all of one width cannot shift the frame. */
static void put_run(FILE *f, const struct test_terminal *t, int x, int end, int y)
{
    struct test_cell c = test_terminal_cell(t, x, y);
    char fg[8], bg[8];
    bool blank = true;

    colour(c.reverse ? c.bg : c.fg, c.reverse ? PAPER : INK, fg);
    colour(c.reverse ? c.fg : c.bg, c.reverse ? INK : PAPER, bg);
    if (strcmp(bg, PAPER) != 0)
        fprintf(f, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n",
                x * CELL_W, y * CELL_H, (end - x) * CELL_W, CELL_H, bg);
    for (int i = x; i < end; i++)
        blank = blank && test_terminal_cell(t, i, y).ch <= ' ';
    if (blank)
        return;
    fprintf(f, "<text y=\"%d\" fill=\"%s\"%s x=\"", y * CELL_H + 14, fg,
            c.bold ? " font-weight=\"bold\"" : "");
    for (int i = x; i < end; i++)
        if (test_terminal_cell(t, i, y).ch)
            fprintf(f, "%.1f ", i * CELL_W);
    fputs("\">", f);
    for (int i = x; i < end; i++)
        if (test_terminal_cell(t, i, y).ch)
            put_character(f, test_terminal_cell(t, i, y).ch);
    fputs("</text>\n", f);
}

static int write_svg(const char *path, const struct test_terminal *t)
{
    FILE *f = fopen(path, "w");
    int w, h;

    if (!f) {
        perror(path);
        return 1;
    }
    test_terminal_size(t, &w, &h);
    fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-8 -8 %.0f %d\" "
               "font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" font-size=\"14\" "
               "xml:space=\"preserve\">\n<rect x=\"-8\" y=\"-8\" width=\"100%%\" height=\"100%%\" "
               "rx=\"6\" fill=\"" PAPER "\"/>\n", w * CELL_W + 16, h * CELL_H + 16);
    for (int y = 0; y < h; y++)
        for (int x = 0, end; x < w; x = end) {
            struct test_cell c = test_terminal_cell(t, x, y);
            for (end = x + 1; end < w && same_style(c, test_terminal_cell(t, end, y)); end++)
                ;
            put_run(f, t, x, end, y);
        }
    fputs("</svg>\n", f);
    return fclose(f) ? 1 : 0;
}

static void type(struct test_pty *p, const char *keys)
{
    for (; *keys; keys++) {
        if (*keys == '~') {
            for (int i = 0; i < 20; i++)
                test_pty_pump(p, 50);
        } else if (keys[0] == '^' && keys[1] == 'M') {
            test_pty_send(p, "\r", 1);
            keys++;
        } else {
            test_pty_send(p, keys, 1);
            test_pty_wait_quiet(p, 30, 300);
        }
    }
    test_pty_wait_quiet(p, 20, 200);
}

int main(int argc, char **argv)
{
    static const char *const env[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", "NO_COLOR", NULL};

    if (argc < 7 || strcmp(argv[5], "--") != 0) {
        fprintf(stderr, "usage: %s OUT.svg WIDTH HEIGHT KEYS -- PROGRAM ARGS...\n", argv[0]);
        return 2;
    }
    struct test_pty_options o = {.w = atoi(argv[2]), .h = atoi(argv[3]), .env = env};
    struct test_pty *p = test_pty_start((const char *const *)argv + 6, &o);
    test_pty_wait_quiet(p, 200, 5000);
    type(p, argv[4]);
    char *text = test_pty_text(p);
    int failed = write_svg(argv[1], test_pty_screen(p));
    fputs(text, stdout);
    free(text);
    test_pty_free(p);
    return failed;
}
