# What of recorder.py is C when it is compiled.
cdef class Recorder:
    cdef public int lines
    cdef readonly dict watches
