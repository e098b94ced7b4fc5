import numpy as np

def dominant_period(x):
    x = x - np.polyval(np.polyfit(np.arange(len(x)), x, 1), np.arange(len(x)))
    spectrum = np.abs(np.fft.rfft(x * np.hanning(len(x)))) ** 2
    freqs = np.fft.rfftfreq(len(x))
    keep = (freqs > 1 / 120) & (freqs < 1 / 10)
    if not keep.any():
        return 20
    return int(round(1 / freqs[keep][np.argmax(spectrum[keep])]))

def strategy(data):
    adj = data.get('etl:adj_close')
    market = adj.mean(axis=1).ffill().bfill()
    period = dominant_period(np.log(market.values[-512:]))
    print('週期(日):', period)
    smooth = np.convolve(market, np.ones(period) / period, mode='valid')
    padded = np.concatenate([np.full(period - 1, np.nan), smooth])
    phase_up = pd.Series(padded, index=adj.index).diff().gt(0)
    leaders = adj.pct_change(period).is_largest(12)
    return leaders & phase_up
