def safe_indicator(name, **kwargs):
    try:
        value = data.indicator(name, **kwargs)
    except (KeyError, ValueError, AttributeError) as e:
        print(f'{name} not available: {e!r}')
        return None
    except Exception as exc:
        print('unexpected', type(exc).__name__, exc)
        raise
    else:
        return value
    finally:
        pass


close = data.get('price:收盤價')
candidates = [safe_indicator(n) for n in ('RSI', 'CCI', 'WILLR', 'NOT_AN_INDICATOR', 'ROC')]
usable = [x for x in candidates if x is not None]
score = sum(x.rank(axis=1, pct=True) for x in usable) / max(len(usable), 1)
position = score > 0.85
