def triple_ema(frame, span):
    out = frame
    for _ in range(3):
        out = out.ewm(span=span, adjust=False).mean()
    return out

def strategy(data):
    """TRIX momentum.

    三重指數平滑移動平均的變化率, 大於訊號線時持有
    """
    price = data.get('etl:adj_close')
    trix = triple_ema(price, 15).pct_change() * 10000
    signal_line = trix.rolling(9).mean()
    cond1 = trix > signal_line
    cond2 = trix > 0
    cond3 = price > 10
    final = cond1 & cond2 & cond3
    # keep at most 20 with the strongest TRIX
    position = trix[final].is_largest(20)
    return position
