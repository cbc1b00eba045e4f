// program/make-object compiles the program; the object is kept in the tree, so that a build needs no clang for eBPF.
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
