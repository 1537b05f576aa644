/* A terminal in memory (libvterm): bytes in, cells out. For tests only. */
#ifndef ECS_TEST_TERMINAL_H
#define ECS_TEST_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test_terminal;

/* fg, bg: a palette index, -1 the default, -2 a direct colour. ch: ' ' for an empty cell, 0 for the
 * right half of a wide character. */
struct test_cell { uint32_t ch; bool bold, reverse, underline; int fg, bg; };

struct test_terminal *test_terminal_new(int w, int h, bool utf8);   /* never NULL: aborts */
void test_terminal_free(struct test_terminal *t);
void test_terminal_write(struct test_terminal *t, const char *bytes, size_t n);
/* Takes what the terminal answers (device reports); returns how many bytes. */
size_t test_terminal_answer(struct test_terminal *t, char *out, size_t size);
void test_terminal_resize(struct test_terminal *t, int w, int h);
void test_terminal_size(const struct test_terminal *t, int *w, int *h);
struct test_cell test_terminal_cell(const struct test_terminal *t, int x, int y);
/* Lines of UTF-8, each ended by '\n', trailing spaces cut. malloc'ed. */
char *test_terminal_text(const struct test_terminal *t);
bool test_terminal_alternate(const struct test_terminal *t);
bool test_terminal_cursor_visible(const struct test_terminal *t);

#endif
