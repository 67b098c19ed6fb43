# What of graph.py is C when it is compiled.
cimport cython
from autograd.operation cimport Node


cdef class _Marks:
    cdef double count


cdef _Marks _marks

cpdef double new_mark()

@cython.locals(node=Node, waiting=list)
cpdef visit(Node output, double mark, list leaves, list inner, bint reset)

@cython.locals(leaves=list, inner=list)
cpdef list topological_order(Node root)

@cython.locals(node=Node, first=Node, second=Node, leaves=list, inner=list, waiting=list, seen=dict)
cpdef tuple leaves_and_inner(Node root)

cpdef tuple tabulated(list order)

@cython.locals(node=Node, start=double, i=Py_ssize_t, operations=list, firsts=list, seconds=list)
cdef tuple _tabulated_by_marks(list order)
