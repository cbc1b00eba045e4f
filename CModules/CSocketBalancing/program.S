// program/make-object compiles the program; the object is kept in the tree, so that a build needs no clang for eBPF.
// A build looks at this file only, so it names the object:
// sha256 f1d971c1e5081f79c5eeb3a6a5532b6ed9300a2019da2a9b8829a6603903a1bb
    .section .rodata
    .balign 16
    .globl viaduct_socket_program
viaduct_socket_program:
    .incbin "balance.bpf.o"
program_end:
    .balign 8
    .globl viaduct_socket_program_size
viaduct_socket_program_size:
    .quad program_end - viaduct_socket_program
    .section .note.GNU-stack, "", @progbits
