class_like = {'errors': []}

def safe(fn, *args, default=None, **kwargs):
    try:
        value = fn(*args, **kwargs)
    except (KeyError, IndexError, ZeroDivisionError) as e:
        class_like['errors'].append((type(e).__name__, str(e)[:60]))
        return default
    except (FileNotFoundError, PermissionError, ConnectionError):
        return default
    except Exception as e:
        print('unexpected:', e.args)
        raise
    else:
        return value
    finally:
        class_like['calls'] = class_like.get('calls', 0) + 1

def strategy(data):
    close = safe(data.get, 'price:收盤價')
    missing = safe(data.get, 'price:不存在的資料', default=None)
    bad = safe(lambda: 1 / 0, default=0)
    beyond = safe(lambda: close.columns[99999], default='none')
    print(class_like['calls'], [name for name, _ in class_like['errors']], missing is None, bad, beyond)
    if close is None or close.empty:
        raise RuntimeError('no prices')
    assert close.shape[1] > 1, f'only {close.shape[1]} stock(s)'
    return close > close.shift(10)
