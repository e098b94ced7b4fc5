def strategy(data):
    close = data.get('price:收盤價')
    values = close.to_numpy(copy=True)
    with np.errstate(divide='ignore', invalid='ignore'):
        logret = np.diff(np.log(values), axis=0, prepend=np.nan)
    mean = np.nanmean(logret, axis=1, keepdims=True)
    centred = logret - mean
    z = centred / np.nanstd(centred, axis=1, keepdims=True)
    z = np.nan_to_num(z, nan=0.0, posinf=0.0, neginf=0.0)
    kernel = np.ones(5) / 5
    smooth = np.apply_along_axis(lambda col: np.convolve(col, kernel, mode='same'), 0, z)
    flags = smooth < np.percentile(smooth, 10, axis=1)[:, np.newaxis]
    return pd.DataFrame(flags, index=close.index, columns=close.columns)
