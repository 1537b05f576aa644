/* The machine as it is, and made-up machines of any size: each in a process of its own, because
 * hwloc goes by the environment. */
#include <check.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/hw/affinity.h"
#include "core/hw/probe.h"

static struct ecs_machine *read_machine(void)
{
    struct ecs_machine *m = malloc(sizeof *m);
    struct ecs_error e = { 0 };
    ck_assert_ptr_nonnull(m);
    ck_assert_msg(ecs_machine_read(m, &e) == 0, "%s", e.what);
    return m;
}

START_TEST(this_machine_is_sane)
{
    unsetenv("HWLOC_SYNTHETIC");
    unsetenv("HWLOC_XMLFILE");
    struct ecs_machine *m = read_machine();
    ck_assert(!m->foreign_topology);
    ck_assert_uint_ge(m->n_cpus, 1);
    ck_assert_uint_eq(m->n_allowed, ecs_allowed_cpus());
    ck_assert_uint_ge(m->n_nodes, 1);
    ck_assert_uint_gt(m->memory_bytes, 1u << 20);
    ck_assert_str_ne(m->host, "");
    ck_assert_str_ne(m->kernel, "");
    ck_assert_str_ne(m->arch, "");
    ck_assert(m->can_bind || m->bind_why[0]);
    ck_assert(m->numa_works || m->numa_why[0]);
    ck_assert(m->perf_works || m->perf_why[0]);
    for (unsigned i = 0; i < m->n_cpus; i++) {
        ck_assert_int_ge(m->cpus[i].os_id, 0);
        ck_assert_int_lt(m->cpus[i].core, (int)m->n_cores);
        ck_assert_int_lt(m->cpus[i].package, (int)m->n_packages);
        ck_assert_int_lt(m->cpus[i].node, (int)m->n_nodes);
    }
    free(m);
}
END_TEST

START_TEST(big_made_up_machine)
{
    setenv("HWLOC_SYNTHETIC", "Package:2 Group:4 [NUMANode(memory=68719476736)] "
           "L3Cache:2(size=33554432) Core:16 PU:1", 1);
    struct ecs_machine *m = read_machine();
    ck_assert(m->foreign_topology);
    ck_assert_uint_eq(m->n_cpus, 256);
    ck_assert_uint_eq(m->n_cores, 256);
    ck_assert_uint_eq(m->n_packages, 2);
    ck_assert_uint_eq(m->n_nodes, 8);
    ck_assert_uint_eq(m->node[7].cpus, 32);
    ck_assert_uint_eq(m->memory_bytes, 8 * 68719476736ull);
    ck_assert_int_eq(m->cpus[255].node, 7);
    ck_assert_int_eq(m->cpus[255].package, 1);
    ck_assert(!m->can_bind && m->bind_why[0]);
    ck_assert(!m->numa_works && m->numa_why[0]);
    ck_assert_uint_eq(m->distance[0][1], 0);
    free(m);
}
END_TEST

/* A topology beyond the tables is cut, never written past. */
START_TEST(larger_than_the_tables)
{
    setenv("HWLOC_SYNTHETIC", "Package:96 [NUMANode(memory=1048576)] Core:8 PU:2", 1);
    struct ecs_machine *m = read_machine();
    ck_assert_uint_eq(m->n_cpus, ECS_MAX_CPUS);
    ck_assert_uint_eq(m->n_nodes, ECS_MAX_NODES);
    ck_assert_int_eq(m->cpus[1].smt, 1);
    ck_assert_int_eq(m->cpus[1].core, 0);
    free(m);
}
END_TEST

START_TEST(foreign_topology_binds_nothing)
{
    setenv("HWLOC_SYNTHETIC", "Core:64 PU:1", 1);
    setenv("HWLOC_THISSYSTEM", "1", 1);
    unsigned before = ecs_allowed_cpus();
    ck_assert(ecs_machine()->foreign_topology);
    ck_assert_int_eq(ecs_bind_self(0), -ENOTSUP);
    ck_assert_int_eq(ecs_bind_self(63), -ENOTSUP);
    ck_assert_uint_eq(ecs_allowed_cpus(), before);
}
END_TEST

START_TEST(nonsense_is_passed_over)
{
    setenv("HWLOC_SYNTHETIC", "no such thing", 1);
    struct ecs_machine *m = read_machine();
    ck_assert(!m->foreign_topology);
    ck_assert_uint_ge(m->n_cpus, 1);
    free(m);
}
END_TEST

/* Denies one system call as a container's filter does. */
static void forbid(unsigned nr)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { .len = sizeof code / sizeof *code, .filter = code };
    ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

START_TEST(a_filter_is_named_as_the_reason)
{
    struct ecs_machine *m = read_machine();
    forbid(SYS_mbind);
    forbid(SYS_perf_event_open);
    forbid(SYS_sched_setaffinity);
    m->numa_why[0] = m->perf_why[0] = m->bind_why[0] = '\0';
    ecs_probe_numa(m);
    ck_assert(!m->numa_works);
    ck_assert_ptr_nonnull(strstr(m->numa_why, "forbidden"));
    ecs_probe_perf(m);
    ck_assert(!m->perf_works);
    ck_assert_ptr_nonnull(strstr(m->perf_why, "not permitted"));
    ecs_probe_bind(m);
    ck_assert(!m->can_bind);
    ck_assert_ptr_nonnull(strstr(m->bind_why, "not permitted"));
    free(m);
}
END_TEST

START_TEST(an_absent_node_is_named_as_the_reason)
{
    struct ecs_machine *m = read_machine();
    m->node[0] = (struct ecs_node){ .os_id = 1000, .bytes = 4096, .allowed = true };
    m->n_nodes = 1;
    ecs_probe_numa(m);
    ck_assert(!m->numa_works);
    ck_assert_ptr_nonnull(strstr(m->numa_why, "node 1000"));
    free(m);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("topology");
    TCase *t = tcase_create("topology");
    tcase_add_test(t, this_machine_is_sane);
    tcase_add_test(t, big_made_up_machine);
    tcase_add_test(t, larger_than_the_tables);
    tcase_add_test(t, foreign_topology_binds_nothing);
    tcase_add_test(t, nonsense_is_passed_over);
    tcase_add_test(t, a_filter_is_named_as_the_reason);
    tcase_add_test(t, an_absent_node_is_named_as_the_reason);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
