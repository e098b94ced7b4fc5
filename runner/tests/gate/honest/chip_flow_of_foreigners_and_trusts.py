foreign = data.get('institutional_investors_trading_summary:外陸資買賣超股數(不含外資自營商)')
trust = data.get('institutional_investors_trading_summary:投信買賣超股數')
shares = data.get('price:成交股數')

both = foreign.rolling(5).sum() + trust.rolling(5).sum()
ratio = (both / shares.rolling(5).sum()).replace([np.inf, -np.inf], 0)
streak = (trust > 0).sustain(3)
condition = ratio.rank(pct=True, axis=1) > 0.9
position = (condition & streak).is_entry().hold_until((trust < 0).sustain(2), nstocks_limit=10)
