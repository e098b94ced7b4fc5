def strategy(data):
    h, l, c = data.get('price:最高價'), data.get('price:最低價'), data.get('price:收盤價')
    n = 14
    vm_plus = (h - l.shift(1)).abs()
    vm_minus = (l - h.shift(1)).abs()
    tr = pd.concat([h - l, (h - c.shift()).abs(), (l - c.shift()).abs()], keys=['a', 'b', 'c']).groupby(level=1).max()
    vi_plus = vm_plus.rolling(n).sum() / tr.rolling(n).sum()
    vi_minus = vm_minus.rolling(n).sum() / tr.rolling(n).sum()
    cross_up = (vi_plus > vi_minus) & (vi_plus.shift(1) <= vi_minus.shift(1))
    cross_dn = (vi_plus < vi_minus) & (vi_plus.shift(1) >= vi_minus.shift(1))
    return cross_up.hold_until(cross_dn)
