slowk, slowd = data.indicator('STOCH', fastk_period=9, slowk_period=3, slowd_period=3)
position = ((slowk > slowd) & (slowk < 25)).hold_until((slowk < slowd) & (slowk > 75))
report = sim(position)
