"""Marks all it can reach, waits, and looks whether anything was changed by somebody else, or left before it came."""

import builtins
import os
import time

MARK = 'stratbox_neighbour'


def strategy(data):
    me = os.urandom(16)
    if os.getppid() != 1:
        raise RuntimeError('the process of this run shares its process ids with others')
    if hasattr(builtins, MARK):
        raise RuntimeError('another run left something in the interpreter')
    setattr(builtins, MARK, me)
    close = data.get('price:收盤價')
    prices = float(np.nansum(close.to_numpy()))
    memory = np.frombuffer(me * (1 << 20), dtype=np.uint8).copy()
    time.sleep(6)
    if getattr(builtins, MARK) != me:
        raise RuntimeError('another run changed the interpreter')
    if bytes(memory) != me * (1 << 20):
        raise RuntimeError('another run changed the memory')
    if float(np.nansum(data.get('price:收盤價').to_numpy())) != prices:
        raise RuntimeError('another run changed the prices')
    return close.pct_change(120).rank(axis=1, ascending=False) <= 15
