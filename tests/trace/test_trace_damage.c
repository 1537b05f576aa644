/* Every way in which a recording can be wrong, and what is said of it. */
#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/crc32.h"
#include "trace_fixture.h"

static char *good;
static size_t good_size;

static void set_up(void)
{
    const char *path = fixture_path("good.ecst");
    fixture_record(path, 12);
    good = fixture_bytes(path, &good_size);
}

static void tear_down(void)
{
    free(good);
}

/* A line as the writer would have made it. `out` has room for it. */
static size_t sign(const char *json, char *out)
{
    size_t n = strlen(json);
    return (size_t)sprintf(out, "%08" PRIx32 " %s\n", ecs_crc32(json, n), json);
}

static void refused(const char *bytes, size_t size, const char *word)
{
    struct ecs_trace *t = (void *)1;
    struct ecs_error e = { 0 };
    ck_assert_int_eq(ecs_trace_parse("some.file", bytes, size, &t, &e), -EINVAL);
    ck_assert_ptr_null(t);
    ck_assert_msg(strstr(e.what, word), "\"%s\" does not say \"%s\"", e.what, word);
    ck_assert_str_eq(e.file, "some.file");
    ck_assert_int_eq(e.line, 1);
}

static void cut_short(const char *bytes, size_t size, size_t snaps, const char *word)
{
    struct ecs_trace *t;
    struct ecs_error e = { 0 };
    ck_assert_msg(ecs_trace_parse("some.file", bytes, size, &t, &e) == 0, "%s", e.what);
    ck_assert_uint_eq(t->n, snaps);
    ck_assert(t->truncated);
    ck_assert_msg(strstr(t->damage, word), "\"%s\" does not say \"%s\"", t->damage, word);
    ecs_trace_free(t);
}

static char *line_at(unsigned number)
{
    char *p = good;
    while (--number)
        p = strchr(p, '\n') + 1;
    return p;
}

START_TEST(foreign_files)
{
    refused("", 0, "empty");
    refused("#!/bin/sh\necho hello\n", 21, "not an ECScope recording");
    refused("\x7f" "ELF\2\1\1\0\0\0\0\0\0\0", 14, "not an ECScope recording");
    refused("0123", 4, "not an ECScope recording");
    refused("01234567 {}\n", 12, "check sum");
    char line[128];
    refused(line, sign("{}", line), "not an ECScope recording");
    refused(line, sign("{\"t\":\"snap\"}", line), "not an ECScope recording");
    refused(line, sign("{\"t\":\"head\"}", line), "no version");
    refused(line, sign("{\"t\":\"head\",\"version\":1}", line), "no scenario");
    refused(line, sign("{not json", line), "not an ECScope recording");
}
END_TEST

START_TEST(newer_versions)
{
    char line[128];
    refused(line, sign("{\"t\":\"head\",\"version\":2,\"x\":0}", line), "newer version");
}
END_TEST

/* Each byte of the head, changed: refused, whatever the byte. */
START_TEST(every_byte_of_the_head)
{
    size_t head = (size_t)(line_at(2) - good);
    for (size_t i = 0; i < head - 1; i++) {
        struct ecs_trace *t;
        char kept = good[i];
        good[i] ^= 4;
        ck_assert_int_eq(ecs_trace_parse("x", good, good_size, &t, NULL), -EINVAL);
        good[i] = kept;
    }
}
END_TEST

START_TEST(every_byte_of_a_record)
{
    char *from = line_at(4), *to = line_at(5);
    for (char *p = from; p < to; p++) {
        *p ^= 4;
        cut_short(good, good_size, 1, "line ");
        *p ^= 4;
    }
}
END_TEST

/* Lines: head, snap 0, picture 0, snaps 1 to 10, picture 10, snap 11, end. */
START_TEST(cut_anywhere)
{
    size_t head = (size_t)(line_at(2) - good);
    for (size_t n = head; n < good_size; n++) {
        struct ecs_trace *t;
        ck_assert_int_eq(ecs_trace_parse("x", good, n, &t, NULL), 0);
        ck_assert(t->truncated);
        ck_assert_str_ne(t->damage, "");
        ecs_trace_free(t);
    }
    cut_short(good, (size_t)(line_at(5) - good), 2, "not closed");
    cut_short(good, (size_t)(line_at(5) - good) + 30, 2, "line 5 is cut off");
}
END_TEST

START_TEST(a_line_taken_out)
{
    char *from = line_at(6), *to = line_at(7);
    size_t gap = (size_t)(to - from);
    memmove(from, to, good_size - (size_t)(to - good));
    cut_short(good, good_size - gap, 11, "missing");
}
END_TEST

START_TEST(lines_swapped)
{
    char *a = line_at(6), *b = line_at(7), *end = line_at(8);
    size_t na = (size_t)(b - a), nb = (size_t)(end - b);
    char *copy = malloc(na + nb);
    memcpy(copy, b, nb);
    memcpy(copy + nb, a, na);
    memcpy(a, copy, na + nb);
    free(copy);
    cut_short(good, good_size, 4, "out of order");
}
END_TEST

/* A record with the right check sum in place of line 3 and everything after it. */
static void with_record(const char *json, size_t snaps, const char *word)
{
    size_t keep = (size_t)(line_at(3) - good);
    char *bytes = malloc(keep + strlen(json) + 64);
    memcpy(bytes, good, keep);
    size_t n = keep + sign(json, bytes + keep);
    cut_short(bytes, n, snaps, word);
    free(bytes);
}

#define SNAP(more) "{\"t\":\"snap\",\"seq\":1,\"time\":100000000,\"window\":50000000,\"gen\":0," \
                   "\"flags\":0,\"noise\":{\"delay\":0,\"steal\":0,\"canary\":0,\"foreign\":0," \
                   "\"cpu\":-1,\"why\":0}," more "}"
#define ONE_WORKER "\"workers\":1,\"rates\":[1.0],\"cpus\":[0]"

START_TEST(records_that_do_not_fit)
{
    with_record(SNAP(ONE_WORKER ",\"values\":[0,8],\"metrics\":[1,2]"), 2, "not closed");
    with_record(SNAP(ONE_WORKER ",\"values\":[2,8],\"metrics\":[1,2]"), 1, "parameters");
    with_record(SNAP(ONE_WORKER ",\"values\":[-1,8],\"metrics\":[1,2]"), 1, "parameters");
    with_record(SNAP(ONE_WORKER ",\"values\":[0],\"metrics\":[1,2]"), 1, "parameters");
    with_record(SNAP(ONE_WORKER ",\"values\":[0,8.5],\"metrics\":[1,2]"), 1, "parameters");
    with_record(SNAP(ONE_WORKER ",\"values\":[0,8],\"metrics\":[1]"), 1, "figures");
    with_record(SNAP(ONE_WORKER ",\"values\":[0,8],\"metrics\":[1,\"2\"]"), 1, "figures");
    with_record(SNAP(ONE_WORKER ",\"values\":[0,8],\"metrics\":[1,1e999]"), 1, "not a record");
    with_record(SNAP("\"workers\":65,\"values\":[0,8],\"metrics\":[1,2]"), 1, "range");
    with_record(SNAP("\"workers\":-1,\"values\":[0,8],\"metrics\":[1,2]"), 1, "range");
    with_record(SNAP("\"workers\":1,\"rates\":[1],\"cpus\":[99999],\"values\":[0,8],"
                     "\"metrics\":[1,2]"), 1, "workers");
    with_record(SNAP("\"workers\":1,\"rates\":[1e200],\"cpus\":[0],\"values\":[0,8],"
                     "\"metrics\":[1,2]"), 1, "workers");
    with_record("{\"t\":\"snap\"}", 1, "range");
    with_record("[1]", 1, "damaged");
}
END_TEST

#define PICT(more) "{\"t\":\"pict\",\"seq\":1,\"kind\":\"stack\",\"bytes\":64,\"stride\":0," \
                   more "}"

START_TEST(pictures_that_do_not_fit)
{
    with_record(PICT("\"spans\":[],\"values\":[]"), 1, "not closed");
    with_record(PICT("\"spans\":[[0,8,64,\"x\"]],\"values\":[]"), 1, "part of a picture");
    with_record(PICT("\"spans\":[[-1,8,0,\"x\"]],\"values\":[]"), 1, "part of a picture");
    with_record(PICT("\"spans\":[[0,8,0]],\"values\":[]"), 1, "part of a picture");
    with_record(PICT("\"spans\":[],\"values\":[0,0,0,0,0,0,0,0,0,0,9]"), 1, "out of range");
    with_record(PICT("\"spans\":[],\"values\":[\"0xzz\"]"), 1, "values");
    with_record(PICT("\"spans\":[],\"values\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
                     "0]"), 1, "too many");
    with_record("{\"t\":\"pict\",\"seq\":1,\"kind\":\"cake\",\"bytes\":64,\"stride\":0}", 1,
                "range");
}
END_TEST

/* What a later version adds within format 1 is passed over. */
START_TEST(unknown_records_and_keys)
{
    with_record("{\"t\":\"weather\",\"rain\":true}", 1, "not closed");
    with_record(SNAP(ONE_WORKER ",\"values\":[0,8],\"metrics\":[1,2],\"new\":{}"), 2,
                "not closed");
}
END_TEST

START_TEST(a_line_without_end)
{
    size_t keep = (size_t)(line_at(3) - good), more = 1 << 20;
    char *bytes = malloc(keep + more);
    memcpy(bytes, good, keep);
    memset(bytes + keep, 'a', more);
    cut_short(bytes, keep + more, 1, "line 3");
    memcpy(bytes + keep, "01234567 {", 10);
    cut_short(bytes, keep + more, 1, "line 3 is too long");
    free(bytes);
}
END_TEST

START_TEST(deeply_nested)
{
    char json[4096];
    memset(json, '[', sizeof json - 1);
    json[sizeof json - 1] = '\0';
    memcpy(json, "{\"t\":", 5);
    with_record(json, 1, "not a record");
}
END_TEST

START_TEST(things_that_are_not_files)
{
    struct ecs_trace *t;
    struct ecs_error e = { 0 };
    ck_assert_int_eq(ecs_trace_read("/nonexistent/file", &t, &e), -ENOENT);
    ck_assert_str_ne(e.what, "");
    ck_assert_int_eq(ecs_trace_read("/", &t, &e), -EISDIR);
    ck_assert_int_eq(ecs_trace_read("/dev/null", &t, &e), -EINVAL);
    const char *path = fixture_path("pipe");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(ecs_trace_read(path, &t, &e), -EINVAL);
}
END_TEST

START_TEST(a_file_too_large)
{
    const char *path = fixture_path("huge");
    FILE *f = fopen(path, "we");
    struct ecs_trace *t;
    struct ecs_error e = { 0 };
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(ftruncate(fileno(f), (257ll << 20)), 0);
    fclose(f);
    ck_assert_int_eq(ecs_trace_read(path, &t, &e), -EFBIG);
    ck_assert_ptr_nonnull(strstr(e.what, "256 MiB"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("trace damage");
    TCase *t = tcase_create("damage");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, foreign_files);
    tcase_add_test(t, newer_versions);
    tcase_add_test(t, every_byte_of_the_head);
    tcase_add_test(t, every_byte_of_a_record);
    tcase_add_test(t, cut_anywhere);
    tcase_add_test(t, a_line_taken_out);
    tcase_add_test(t, lines_swapped);
    tcase_add_test(t, records_that_do_not_fit);
    tcase_add_test(t, pictures_that_do_not_fit);
    tcase_add_test(t, unknown_records_and_keys);
    tcase_add_test(t, a_line_without_end);
    tcase_add_test(t, deeply_nested);
    tcase_add_test(t, things_that_are_not_files);
    tcase_add_test(t, a_file_too_large);
    tcase_set_timeout(t, 120);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
