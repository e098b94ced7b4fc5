# rule: import-not-allowed
try:
    import ctypes
except ImportError:
    ctypes = None
position = 1
