# What special.py takes from C when it is compiled.
from libc.math cimport cbrt as c_cbrt
from libc.math cimport erfc as c_erfc
from libc.math cimport exp as c_exp
from libc.math cimport expm1 as c_expm1
from libc.math cimport fabs as c_fabs
from libc.math cimport log as c_log
from libc.math cimport log1p as c_log1p
from libc.math cimport pow as c_pow
