# What of number.py is C when it is compiled.
cimport cython
from autograd.operation cimport Node


@cython.no_gc
cdef class Number(Node):
    pass
