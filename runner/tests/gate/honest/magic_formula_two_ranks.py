# Magic formula (greenblatt style): earnings yield + return on capital
pe = data.get('price_earning_ratio:本益比')
roe = data.get('fundamental_features:ROE稅後')
mv = data.get('etl:market_value')

ey = 1.0 / pe.where(pe > 0)
size_ok = mv.rank(axis=1, pct=True) > 0.3

rank_ey = ey[size_ok].rank(axis=1, ascending=False)
rank_roc = roe[size_ok].rank(axis=1, ascending=False)
combined = rank_ey + rank_roc
position = combined.is_smallest(15)
report = sim(position, resample='Q', position_limit=0.2)
