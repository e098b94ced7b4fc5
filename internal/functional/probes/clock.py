def attack(data):
    denied(time.clock_settime, time.CLOCK_REALTIME, 0)
    denied(native, 'clock_settime', 0, b'\0' * 16)
    denied(native, 'settimeofday', b'\0' * 16, 0)
    denied(native, 'adjtimex', b'\0' * 208)
    denied(native, 'clock_adjtime', 0, b'\0' * 208)
    denied(native, 'timer_create', 0, 0, b'\0' * 8)
