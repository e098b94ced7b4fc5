def attack(data):
    for family in socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, 16, 40:
        denied(socket.socket, family)
    denied(socket.create_connection, ('127.0.0.1', 443), 1)
    denied(socket.socketpair)
    address = b'\2\0\1\xbb\x7f\0\0\1' + b'\0' * 8
    denied(native, 'connect', 4, address, 16)
    denied(native, 'bind', 4, address, 16)
    denied(native, 'sendto', 4, b'x', 1, 0, address, 16)
    denied(native, 'accept4', 4, 0, 0, 0)
    denied(native, 'io_uring_setup', 8, b'\0' * 120)
