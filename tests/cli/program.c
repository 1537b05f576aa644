#include "program.h"

#include <check.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_WORDS 64

static char folder[64];
static pid_t folder_owner;

static void remove_folder(void)
{
    char command[96];
    if (getpid() != folder_owner)
        return;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command))
        fprintf(stderr, "%s is left behind\n", folder);
}

const char *scratch(void)
{
    if (folder[0] && folder_owner == getpid())
        return folder;
    snprintf(folder, sizeof folder, "/tmp/ecs-cli-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    folder_owner = getpid();
    atexit(remove_folder);
    return folder;
}

const char *text(const char *fmt, ...)
{
    static char buffer[4][1024];
    static unsigned next;
    char *out = buffer[next++ % 4];
    va_list args;
    va_start(args, fmt);
    vsnprintf(out, sizeof buffer[0], fmt, args);
    va_end(args);
    return out;
}

static void in_child(char *words, int out, int err)
{
    char *argv[MAX_WORDS + 2] = { (char *)"ecscope-learn" }, *word;
    int n = 1;
    unsetenv("ECSCOPE_LESSONS");
    unsetenv("HWLOC_SYNTHETIC");
    unsetenv("HWLOC_XMLFILE");
    while ((word = strsep(&words, " "))) {
        char *equals = strchr(word, '=');
        if (n == 1 && equals && word[0] != '-') {
            *equals = '\0';
            for (char *p = equals + 1; (p = strchr(p, '+'));)
                *p = ' ';
            setenv(word, equals + 1, 1);
        } else if (*word && n <= MAX_WORDS) {
            argv[n++] = word;
        }
    }
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, 0);
    if (out < 0)
        close(1);
    else
        dup2(out, 1);
    dup2(err, 2);
    for (int fd = 3; fd < 64; fd++)
        close(fd);
    execv(PROGRAM, argv);
    _exit(127);
}

pid_t start(const char *command, int out, int err)
{
    char words[4096];
    snprintf(words, sizeof words, "%s", command);
    setenv("XDG_STATE_HOME", scratch(), 1);
    fflush(NULL);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        in_child(words, out, err);
    return pid;
}

int wait_for(pid_t pid, int *signal_number)
{
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    if (signal_number)
        *signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char *contents(FILE *f)
{
    long size = fseek(f, 0, SEEK_END) ? -1 : ftell(f);
    ck_assert_int_ge(size, 0);
    rewind(f);
    char *bytes = calloc(1, (size_t)size + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(fread(bytes, 1, (size_t)size, f), (size_t)size);
    fclose(f);
    return bytes;
}

struct said run(const char *command)
{
    struct said s = { 0 };
    FILE *out = tmpfile(), *err = tmpfile();
    ck_assert(out && err);
    s.status = wait_for(start(command, fileno(out), fileno(err)), &s.signal);
    ck_assert_int_ne(s.status, 127);
    s.out = contents(out);
    s.err = contents(err);
    return s;
}

void said_free(struct said *s)
{
    free(s->out);
    free(s->err);
}

json_t *run_json(const char *command)
{
    json_error_t error;
    struct said s = run(command);
    ck_assert_msg(s.status == 0, "%s: status %d: %s", command, s.status, s.err);
    json_t *o = json_loads(s.out, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(json_is_object(o), "%s: %s in\n%s", command, error.text, s.out);
    said_free(&s);
    return o;
}
