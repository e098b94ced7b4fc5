import time

LOG_LEVEL = 'INFO'
_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR']
_start = time.time()

def _log(level, message, *args):
    if _LEVELS.index(level) < _LEVELS.index(LOG_LEVEL):
        return
    elapsed = time.time() - _start
    text = message % args if args else message
    print('[%-5s] %6.2fs %s' % (level, elapsed, text))

def strategy(data):
    _log('INFO', 'start %s ~ %s', start_date, end_date)
    close = data.get('price:收盤價')
    _log('DEBUG', 'shape %d x %d', close.shape[0], close.shape[1])
    time.sleep(0.001)
    ma = {n: close.rolling(n).mean() for n in (5, 20, 60)}
    for n, frame in ma.items():
        _log('INFO', 'ma%d: %d missing', n, frame.isnull().sum().sum())
    aligned = (ma[5] > ma[20]) & (ma[20] > ma[60])
    _log('WARN' if not aligned.any().any() else 'INFO', 'signals: %s', format(aligned.values.sum(), ','))
    return aligned
