# What of value.py is C when it is compiled: the classes, their fields, and the kinds of numbers.
cimport cython
from autograd.number cimport Number
from autograd.operation cimport Node, Operation, Origin, real_number
from autograd.recorder cimport Recorder
from autograd.sweep cimport swept_in_place

cdef Recorder _recorder
cdef int LONGEST
cdef Origin _CONSTANT
cdef Origin _ADD
cdef Origin _SUBTRACT
cdef Origin _MULTIPLY
cdef Origin _DIVIDE
cdef Origin _NEG


@cython.no_gc
cdef class Value(Number):
    cpdef apply(self, Operation operation, x, y=*)


cdef Value _node(Origin origin, Value first, Value second, double first_partial, double second_partial, double data)
cpdef Value as_constant(operand)
