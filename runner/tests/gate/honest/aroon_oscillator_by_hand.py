import numpy as np

AROON_PERIOD = 25
ENTRY_LEVEL = 50


def days_since_extreme(values, highest):
    """Return how many bars ago the extreme of the window was."""
    position = np.argmax(values[::-1]) if highest else np.argmin(values[::-1])
    return position


def strategy(data):
    high = data.get('price:最高價')
    low = data.get('price:最低價')
    up = high.rolling(AROON_PERIOD + 1).apply(lambda w: days_since_extreme(w, True), raw=True)
    down = low.rolling(AROON_PERIOD + 1).apply(lambda w: days_since_extreme(w, False), raw=True)
    aroon_up = 100 * (AROON_PERIOD - up) / AROON_PERIOD
    aroon_down = 100 * (AROON_PERIOD - down) / AROON_PERIOD
    oscillator = aroon_up - aroon_down
    position = (oscillator > ENTRY_LEVEL).astype(bool)
    print('average holdings:', position.sum(axis=1).mean().round(2))
    return position
