/* Programs of a few instructions, as data: for litmus tests and for random ones. */
#ifndef ECS_TESTS_EXPLORE_TINY_H
#define ECS_TESTS_EXPLORE_TINY_H

#include "core/explore/search.h"

enum tiny_op { TINY_END, LD, ST, FENCE, ADD, CAS };
enum tiny_order { RLX, ACQ, REL, SC };
struct tiny_instruction {
    enum tiny_op op;
    enum tiny_order order;
    unsigned location, value; /* LD, CAS: what is read goes to the thread's next register */
};
enum { TINY_THREADS = 4, TINY_LENGTH = 6, TINY_LOCATIONS = 3 };
struct tiny_program {
    unsigned threads;
    bool memory; /* the final state holds memory, too */
    struct tiny_instruction code[TINY_THREADS][TINY_LENGTH];
};

/* The program to be explored next, as a struct ecs_program. */
const struct ecs_program *tiny(const struct tiny_program *p);
/* The final state in which the registers, all threads' one after the other, hold these digits. */
uint64_t tiny_final(const char *registers);

#endif
