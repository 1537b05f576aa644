/* Plays a corpus folder and seeded mutations of it into LLVMFuzzerTestOneInput. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#define MAX_FILES 512
#define LARGEST (64u << 10)
#define MAX_SECONDS 60          /* one input may take: a hang is a finding */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* There when a sanitizer is. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

struct input { uint8_t *bytes; size_t size; };

static struct input corpus[MAX_FILES];
static size_t n_corpus;
static uint8_t current[LARGEST];
static size_t current_size;
static char crash_name[128];

static void keep_crash(void)
{
    int fd = open(crash_name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0)
        return;
    static const char said[] = "the input is kept in ";
    if (write(fd, current, current_size) != (ssize_t)current_size ||
        write(2, said, sizeof said - 1) < 0 || write(2, crash_name, strlen(crash_name)) < 0 ||
        write(2, "\n", 1) < 0)
        _exit(2);
    close(fd);
}

static void on_signal(int signal_number)
{
    keep_crash();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void catch_crashes(const char *target, uint64_t seed)
{
    const char *name = strrchr(target, '/');
    snprintf(crash_name, sizeof crash_name, "crash-%.60s-%" PRIu64, name ? name + 1 : target, seed);
    signal(SIGALRM, on_signal);
    if (__sanitizer_set_death_callback) {
        __sanitizer_set_death_callback(keep_crash);
        return;
    }
    static const int signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL };
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], on_signal);
}

/* ---- randomness ---------------------------------------------------------------------------- */

/* splitmix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t state;

static uint64_t next_random(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static size_t below(size_t n)
{
    return n ? (size_t)(next_random() % n) : 0;
}

/* ---- mutations ----------------------------------------------------------------------------- */

static const char *const words[] = {
    "0", "-1", "1e308", "-1e308", "9223372036854775807", "-9223372036854775808", "4294967296",
    "65536", "null", "true", "\"\"", "[]", "{}", "\"\\u0000\"", "\\", "\n", "\r\n", "```\n",
    "---\n", "## ", ": ", "[", "]", "{", "}", "\xff", "\xc2\x9b", "\x1b[", "%s%n", "\xe2\x80\xae",
};

static void insert(size_t at, const void *bytes, size_t n)
{
    if (current_size + n > LARGEST)
        return;
    memmove(current + at + n, current + at, current_size - at);
    memcpy(current + at, bytes, n);
    current_size += n;
}

static void erase(size_t at, size_t n)
{
    memmove(current + at, current + at + n, current_size - at - n);
    current_size -= n;
}

static void duplicate(void)
{
    uint8_t chunk[256];
    size_t at = below(current_size), n = 1 + below(sizeof chunk);
    if (n > current_size - at)
        n = current_size - at;
    memcpy(chunk, current + at, n);
    insert(below(current_size + 1), chunk, n);
}

/* A list's element once more, or a line: where limits on counts are. */
static void repeat_element(void)
{
    size_t at = below(current_size), depth = 0, end;
    while (at < current_size && !strchr("[,\n", current[at]))
        at++;
    at++;
    for (end = at; end < current_size && end - at < 4096; end++) {
        uint8_t c = current[end];
        if (c == '[' || c == '{')
            depth++;
        if (depth == 0 && (c == ',' || c == ']' || c == '\n'))
            break;
        if ((c == ']' || c == '}') && depth)
            depth--;
    }
    if (end >= current_size || end - at > 4000)
        return;
    uint8_t element[4100];
    size_t n = end - at;
    memcpy(element, current + at, n);
    element[n++] = current[end] == '\n' ? '\n' : ',';
    for (size_t i = 1 + below(4); i > 0; i--)
        insert(at, element, n);
}

static void graft(void)
{
    const struct input *other = &corpus[below(n_corpus)];
    size_t from = below(other->size), n = below(other->size - from + 1);
    if (n > 512)
        n = 512;
    insert(below(current_size + 1), other->bytes + from, n);
}

/* A number, a word or a string in place of the token at a random place. */
static void replace_token(void)
{
    size_t at = below(current_size), end = at;
    while (end < current_size && end - at < 24 && !strchr(",:[]{}\n ", current[end]))
        end++;
    const char *word = words[below(sizeof words / sizeof *words)];
    erase(at, end - at);
    insert(at, word, strlen(word));
}

static void mutate_once(void)
{
    if (current_size == 0) {
        insert(0, "x", 1);
        return;
    }
    size_t at = below(current_size);
    const char *word = words[below(sizeof words / sizeof *words)];
    switch (below(9)) {
    case 0: current[at] ^= (uint8_t)(1u << below(8)); break;
    case 1: current[at] = (uint8_t)next_random(); break;
    case 2: insert(at, word, strlen(word)); break;
    case 3: erase(at, 1 + below(current_size - at < 64 ? current_size - at : 64)); break;
    case 4: duplicate(); break;
    case 5: graft(); break;
    case 6: replace_token(); break;
    case 7: repeat_element(); break;
    default:
        if (below(8) == 0)
            current_size = at;
        else
            current[at] = "0123456789"[below(10)];
    }
}

/* ---- corpus -------------------------------------------------------------------------------- */

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void load_file(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rbe");
    struct stat st;
    if (!f || fstat(fileno(f), &st) || !S_ISREG(st.st_mode) || n_corpus == MAX_FILES) {
        if (f)
            fclose(f);
        return;
    }
    struct input *in = &corpus[n_corpus++];
    in->bytes = malloc(LARGEST);
    in->size = in->bytes ? fread(in->bytes, 1, LARGEST, f) : 0;
    fclose(f);
}

static int load_corpus(const char *folder)
{
    struct dirent **list;
    int n = scandir(folder, &list, NULL, by_name);
    if (n < 0) {
        fprintf(stderr, "%s: %s\n", folder, strerror(errno));
        return -1;
    }
    for (int i = 0; i < n; i++) {
        load_file(folder, list[i]->d_name);
        free(list[i]);
    }
    free(list);
    return n_corpus ? 0 : -1;
}

static void try_current(void)
{
    /* A copy of the exact size, so that a sanitizer sees reading past its end. */
    uint8_t *exact = malloc(current_size ? current_size : 1);
    if (!exact)
        abort();
    memcpy(exact, current, current_size);
    setitimer(ITIMER_REAL, &(struct itimerval){ .it_value.tv_sec = MAX_SECONDS }, NULL);
    LLVMFuzzerTestOneInput(exact, current_size);
    free(exact);
}

static void take(const struct input *in)
{
    memcpy(current, in->bytes, in->size);
    current_size = in->size;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s CORPUS ITERATIONS [SEED]\n", argv[0]);
        return 2;
    }
    uint64_t iterations = strtoull(argv[2], NULL, 10);
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    if (load_corpus(argv[1])) {
        fprintf(stderr, "%s: no corpus\n", argv[1]);
        return 2;
    }
    catch_crashes(argv[0], seed);
    for (size_t i = 0; i < n_corpus; i++) {
        take(&corpus[i]);
        try_current();
    }
    for (uint64_t i = 0; i < iterations; i++) {
        /* Each input follows from the seed and its own number alone. */
        state = seed * 0x2545f4914f6cdd1du + i;
        take(&corpus[below(n_corpus)]);
        for (size_t k = 1 + below(6); k > 0; k--)
            mutate_once();
        try_current();
    }
    printf("%zu kept inputs and %" PRIu64 " mutations, seed %" PRIu64 "\n", n_corpus, iterations,
           seed);
    for (size_t i = 0; i < n_corpus; i++)
        free(corpus[i].bytes);
    return 0;
}
