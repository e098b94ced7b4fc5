# rule: import-not-allowed
from numpy import ctypeslib
position = ctypeslib.load_library('libc.so.6', '/lib')
