def attack(data):
    for path in '/etc/passwd', '/proc/self/environ', '/run/stratbox/task.json', '/data', '/dev/termination-log':
        denied(open, path)
        denied(os.stat, path)
    denied(os.listdir, '/')
    denied(native, 'openat', AT_FDCWD, b'/etc/passwd', 0, 0)
    denied(native, 'openat2', AT_FDCWD, b'/etc/passwd', b'\0' * 24, 24)
    denied(native, 'newfstatat', AT_FDCWD, b'/etc/passwd', b'\0' * 256, 0)
    denied(native, 'getdents64', 4, b'\0' * 256, 256)
    denied(native, 'readlinkat', AT_FDCWD, b'/proc/self/exe', b'\0' * 256, 256)
    denied(native, 'unlinkat', AT_FDCWD, b'/data/manifest.json', 0)
    denied(native, 'mkdirat', AT_FDCWD, b'/tmp/d', 0o700)
    denied(native, 'renameat2', AT_FDCWD, b'/tmp/a', AT_FDCWD, b'/tmp/b', 0)
    denied(native, 'name_to_handle_at', AT_FDCWD, b'/', 0, 0, 0)
