# cmake -DCC=compiler -DSOURCE=operations.c -DINCLUDE=src -DOUT=folder -P compare.cmake
# Compiles the operations with our macros and with plain <stdatomic.h>; the assembler text must be
# the same but for the lines that name files. A third build, with weaker stores, must differ:
# otherwise the comparison would see nothing.
function(assemble name)
  execute_process(
    COMMAND ${CC} -std=gnu17 -O2 -fno-asynchronous-unwind-tables -I${INCLUDE} ${ARGN}
            -S ${SOURCE} -o ${OUT}/${name}.s
    RESULT_VARIABLE failed ERROR_VARIABLE why)
  if(failed)
    message(FATAL_ERROR "cannot compile ${SOURCE} ${ARGN}: ${why}")
  endif()
  file(STRINGS ${OUT}/${name}.s lines)
  list(FILTER lines EXCLUDE REGEX "^[ \t]*\\.(file|ident|loc)")
  set(${name} "${lines}" PARENT_SCOPE)
endfunction()

assemble(ours)
assemble(plain -DPLAIN_STDATOMIC)
assemble(weaker -DPLAIN_STDATOMIC -DWEAKER_STORES)
list(LENGTH ours n)
if(n LESS 200)
  message(FATAL_ERROR "only ${n} lines of assembler: nothing was compared")
endif()
if(NOT ours STREQUAL plain)
  message(FATAL_ERROR "core/base/atomic.h is not <stdatomic.h>: compare ${OUT}/ours.s and plain.s")
endif()
if(plain STREQUAL weaker)
  message(FATAL_ERROR "weaker stores gave the same code: this comparison is blind")
endif()
message(STATUS "${n} lines of assembler are the same")
