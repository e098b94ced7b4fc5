# ============================================================
#  1. 載入資料 Load data
# ============================================================
close = data.get('price:收盤價')
volume = data.get('price:成交股數')
pe = data.get('price_earning_ratio:本益比')
dividend = data.get('price_earning_ratio:殖利率(%)')

# ============================================================
#  2. 計算因子 Factors
# ============================================================
momentum_3m = close / close.shift(60) - 1
momentum_1m = close / close.shift(20) - 1
volatility = close.pct_change().rolling(60).std()
liquidity = (close * volume).rolling(20).mean()

# ============================================================
#  3. 過濾 Filters
# ============================================================
liquidity_filter = liquidity.gt(liquidity.quantile(0.3, axis=1), axis=0)
price_filter = close.between(5, 10_000) if hasattr(close, 'between') else (close > 5) & (close < 10_000)
pe_filter = (pe > 0) & (pe < 30)

# ============================================================
#  4. 綜合 Combine
# ============================================================
combined = (
    momentum_3m.rank(axis=1, pct=True) * 0.35
    + momentum_1m.rank(axis=1, pct=True) * 0.15
    + dividend.rank(axis=1, pct=True) * 0.25
    + volatility.rank(axis=1, pct=True, ascending=False) * 0.25
)
combined_filtered = combined[price_filter & pe_filter]
combined_filtered = combined_filtered.where(liquidity_filter)

# ============================================================
#  5. 部位 Position
# ============================================================
position = combined_filtered.is_largest(10)
report = sim(position, resample="M", upload=False, stop_loss=0.15)
print("done")
