#include <string.h>

#include "core/base/error.h"

#define LONGEST 63

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Optimal string alignment: insert, delete, replace, swap two neighbours; each costs 1.
 * F. Damerau, CACM 7(3), 1964. Three rows are enough, as a swap looks two rows back. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t row[3][LONGEST + 1];
    for (size_t j = 0; j <= nb; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *now = row[i % 3], *before = row[(i - 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t replace = before[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = min3(before[j] + 1, now[j - 1] + 1, replace);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                size_t swap = row[(i - 2) % 3][j - 2] + 1;
                now[j] = now[j] < swap ? now[j] : swap;
            }
        }
    }
    return row[na % 3][nb];
}

/* "Near enough": a third of the letters wrong at most, but always one in a word of two or more. A
 * word that is the beginning of just what was meant ("false" for "false-sharing") counts as near
 * too. */
const char *ecs_nearest(const char *word, const char *const *words)
{
    size_t n = strlen(word), best = 0;
    const char *found = NULL;
    if (n == 0 || n > LONGEST)
        return NULL;
    for (; *words; words++) {
        size_t m = strlen(*words);
        if (m > LONGEST)
            continue;
        size_t longer = n > m ? n : m;
        size_t allowed = longer < 2 ? 0 : longer < 6 ? 1 : longer / 3;
        size_t d = distance(word, n, *words, m);
        if (n >= 3 && n < m && strncmp(word, *words, n) == 0)
            d = 1;
        if (d <= allowed && (!found || d < best)) {
            found = *words;
            best = d;
        }
    }
    return found;
}
