# What of operation.py is C when it is compiled: the classes, their fields, and the kinds of numbers.
cimport cython


# A free list serves objects of one size, so what Value adds stands here, too.
@cython.freelist(100000)
@cython.no_gc
cdef class Node:
    cdef readonly Origin origin
    cdef readonly Node first
    cdef readonly Node second
    cdef double mark
    cdef int links
    cdef double _data
    cdef double _grad
    cdef double _first_partial
    cdef double _second_partial

    cpdef apply(self, Operation operation, x, y=*)



cdef list _waiting
cdef bint _freeing
cdef _free_parents(Node node)


cdef class Origin:
    cdef readonly Operation operation
    cdef readonly str label
    cdef readonly str line


cdef class Operation:
    cdef readonly str name
    cdef readonly int arity
    cdef readonly object compute
    cdef readonly tuple partials
    cdef readonly str notation
    cdef readonly int precedence
    cdef readonly str definition
    cdef readonly str domain
    cdef readonly str differentiable
    cdef readonly object default
    cdef readonly object expression
    cdef readonly str numpy
    cdef readonly str jax
    cdef readonly object branchless
    cdef readonly str meaning
    cdef readonly str edges
    cdef readonly str hint
    cdef readonly Origin origin

    cpdef evaluate(self, x, y=*)
    cpdef derivative(self, operand, out, x, y=*)



cpdef double real_number(constant) except? -1.0
