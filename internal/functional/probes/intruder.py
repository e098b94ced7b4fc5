def attack(data):
    overwrite(data.get('price:收盤價').to_numpy())
    for _ in range(12):
        for path in '/proc', '/tmp', '/dev/shm', '/sys/fs/cgroup', '/run':
            denied(os.listdir, path)
        for pid in range(1, 64):
            denied(os.kill, pid, 0)
        denied(open, '/proc/1/mem', 'rb')
        denied(open, '/dev/shm/meet', 'w')
        denied(native, 'process_vm_readv', 1, 0, 0, 0, 0, 0)
        denied(native, 'shmget', 1, 4096, 0o1666)
        denied(socket.socket, socket.AF_UNIX)
        time.sleep(0.5)


def overwrite(prices):
    """Puts zeros over prices, which other runs have mapped too. What it can reach must be its own copy."""
    while isinstance(prices.base, np.ndarray):
        prices = prices.base
    page = prices.ctypes.data & ~4095
    length = min(prices.nbytes, 1 << 20) & ~4095
    if libc.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(length), 3) == 0:
        ctypes.memset(page, 0, length)
