READ, WRITE, EXECUTE = 1, 2, 4
PRIVATE, ANONYMOUS = 2, 32


def attack(data):
    denied(native, 'mmap', 0, 4096, READ | WRITE | EXECUTE, PRIVATE | ANONYMOUS, -1, 0)
    denied(native, 'mmap', 0, 4096, EXECUTE, PRIVATE | ANONYMOUS, -1, 0)
    page = ctypes.create_string_buffer(8192)
    aligned = (ctypes.addressof(page) + 4095) & ~4095
    denied(native, 'mprotect', aligned, 4096, READ | EXECUTE)
    denied(native, 'mprotect', aligned, 4096, READ | WRITE | EXECUTE)
    denied(native, 'pkey_mprotect', aligned, 4096, READ | EXECUTE, -1)
    denied(native, 'memfd_create', b'code', 0)
    denied(native, 'shmat', 0, 0, 0o100000)
