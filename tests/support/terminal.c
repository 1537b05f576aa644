#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <vterm.h>

struct test_terminal {
    VTerm *vt;
    VTermScreen *screen;
    bool alternate, cursor;
};

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct test_terminal *t = user;

    if (property == VTERM_PROP_ALTSCREEN)
        t->alternate = value->boolean;
    else if (property == VTERM_PROP_CURSORVISIBLE)
        t->cursor = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

struct test_terminal *test_terminal_new(int w, int h, bool utf8)
{
    struct test_terminal *t = calloc(1, sizeof *t);

    if (!t || !(t->vt = vterm_new(h, w)))
        abort();
    t->cursor = true;
    vterm_set_utf8(t->vt, utf8);
    t->screen = vterm_obtain_screen(t->vt);
    vterm_screen_set_callbacks(t->screen, &callbacks, t);
    vterm_screen_enable_altscreen(t->screen, 1);
    vterm_screen_reset(t->screen, 1);
    return t;
}

void test_terminal_free(struct test_terminal *t)
{
    if (t)
        vterm_free(t->vt);
    free(t);
}

void test_terminal_write(struct test_terminal *t, const char *bytes, size_t n)
{
    vterm_input_write(t->vt, bytes, n);
}

size_t test_terminal_answer(struct test_terminal *t, char *out, size_t size)
{
    return vterm_output_read(t->vt, out, size);
}

void test_terminal_resize(struct test_terminal *t, int w, int h)
{
    vterm_set_size(t->vt, h, w);
}

void test_terminal_size(const struct test_terminal *t, int *w, int *h)
{
    vterm_get_size(t->vt, h, w);
}

static int colour(const VTermColor *c)
{
    if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
        return -1;
    return VTERM_COLOR_IS_INDEXED(c) ? c->indexed.idx : -2;
}

struct test_cell test_terminal_cell(const struct test_terminal *t, int x, int y)
{
    VTermScreenCell cell;
    VTermPos at = {.row = y, .col = x};

    memset(&cell, 0, sizeof cell);
    if (!vterm_screen_get_cell(t->screen, at, &cell))
        abort();
    struct test_cell out = {
        .ch = cell.chars[0] == 0 ? ' ' : cell.chars[0] == (uint32_t)-1 ? 0 : cell.chars[0],
        .bold = cell.attrs.bold, .reverse = cell.attrs.reverse,
        .underline = cell.attrs.underline != 0, .fg = colour(&cell.fg), .bg = colour(&cell.bg),
    };
    return out;
}

static size_t put_utf8(uint32_t ch, char *out)
{
    if (ch < 0x80) {
        out[0] = (char)ch;
        return 1;
    }
    size_t n = ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, ch >>= 6)
        out[i] = (char)(0x80 | (ch & 0x3f));
    out[0] = (char)((0xf00u >> n & 0xf0) | ch);
    return n;
}

char *test_terminal_text(const struct test_terminal *t)
{
    int w, h;
    test_terminal_size(t, &w, &h);
    char *text = malloc(((size_t)w * 4 + 1) * (size_t)h + 1), *p = text;

    if (!text)
        abort();
    for (int y = 0; y < h; y++) {
        char *line = p;
        for (int x = 0; x < w; x++) {
            uint32_t ch = test_terminal_cell(t, x, y).ch;
            p += ch ? put_utf8(ch, p) : 0;
        }
        while (p > line && p[-1] == ' ')
            p--;
        *p++ = '\n';
    }
    *p = '\0';
    return text;
}

bool test_terminal_alternate(const struct test_terminal *t)
{
    return t->alternate;
}

bool test_terminal_cursor_visible(const struct test_terminal *t)
{
    return t->cursor;
}
