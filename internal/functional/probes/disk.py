def attack(data):
    for folder in '/tmp', '/data', '/dev/shm', '/run/stratbox', '/var/tmp', '.':
        denied(open, folder + '/fill', 'wb')
    denied(open, '/dev/termination-log', 'w')
    denied(native, 'openat', AT_FDCWD, b'/tmp', 0o20200000 | 2, 0o600)
    denied(native, 'memfd_create', b'fill', 0)
    for descriptor in 3, 5, 6, 9:
        denied(native, 'write', descriptor, b'x', 1)
        denied(native, 'ftruncate', descriptor, 1 << 30)
        denied(native, 'fallocate', descriptor, 0, 0, 1 << 30)
    denied(native, 'mknodat', AT_FDCWD, b'/tmp/fill', 0o100600, 0)
