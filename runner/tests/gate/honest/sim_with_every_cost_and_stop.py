close = data.get("price:收盤價")
vol = data.get("price:成交股數")

FEE = 1.425 / 1000 * 0.3
TAX = 3 / 1000
STOP_LOSS, TAKE_PROFIT = 0.08, 0.25

liquid = vol.average(20) > 200 * 1000
breakout = close >= close.rolling(60).max()
position = (breakout & liquid).hold_until(close < close.average(20), nstocks_limit=10, rank=close / close.shift(60))
report = sim(
    position,
    resample="W",
    fee_ratio=FEE,
    tax_ratio=TAX,
    stop_loss=STOP_LOSS,
    take_profit=TAKE_PROFIT,
    position_limit=1 / 5,
    trade_at_price="close",
    upload=False,
)
stats = report.get_stats()
print({k: round(v, 4) for k, v in stats.items() if v == v})
