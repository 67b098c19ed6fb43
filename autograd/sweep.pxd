# What of sweep.py is C when it is compiled: the kinds of numbers, and the classes they are kept in.
cimport cython
from autograd.graph cimport new_mark, visit
from autograd.operation cimport Node


@cython.locals(node=Node, i=Py_ssize_t)
cdef void _propagate(list inner) except *

@cython.locals(node=Node, nothing=double, i=Py_ssize_t, leaves=list, inner=list, before=list)
cpdef bint swept_in_place(Node output)

@cython.locals(upstream=double, node=Node)
cpdef dict swept_apart(Node output, list inner, dict found)

@cython.locals(
    node=Node, mark=double, i=Py_ssize_t, missing=Py_ssize_t, leaves=list, inner=list, nodes=list, before=list,
    gradient=list
)
cdef list _gradient_in_place(Node output, list own)

# Arrays of floats.
@cython.locals(i=Py_ssize_t)
cpdef load_data(list values, double[::1] numbers)

@cython.locals(i=Py_ssize_t)
cpdef store_grads(list values, const double[:] numbers)

@cython.locals(i=Py_ssize_t)
cdef _check(list values, Py_ssize_t count)
