// program/make-object compiles the program; the object is kept in the tree, so that a build needs no clang for eBPF.
// A build looks at this file only, so it names the object:
// sha256 4a5e2bdb1642d8ad87ac2dd6510a65c1e9931ff71d8883cfe1e1f3a7ec1eee7f
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
