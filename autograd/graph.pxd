# What of graph.py is C when it is compiled.
cimport cython
from autograd.operation cimport Node


@cython.locals(node=Node, first=Node, second=Node, leaves=list, inner=list, waiting=list, seen=dict)
cpdef tuple leaves_and_inner(Node root)
