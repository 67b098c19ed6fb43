# What of sweep.py is C when it is compiled: the kinds of numbers, and the classes they are kept in.
cimport cython
from autograd.operation cimport Node


cdef class _Sweeps:
    cdef double count


cdef _Sweeps _sweeps


@cython.locals(
    node=Node, mark=double, nothing=double, i=Py_ssize_t, leaves=list, inner=list, waiting=list, before=list
)
cpdef bint swept_in_place(Node output)
