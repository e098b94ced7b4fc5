from collections import namedtuple

Settings = namedtuple('Settings', ['window', 'count', 'weight'])
settings = Settings(window=40, count=12, weight=0.6)

close = data.get('price:收盤價')
yoy = data.get('monthly_revenue:去年同月增減(%)')
score = (
    close.pct_change(settings.window).rank(axis=1, pct=True) * settings.weight
    + yoy.rank(axis=1, pct=True) * (1 - settings.weight)
)
position = score.is_largest(settings.count)
report = sim(position, resample='M', position_limit=0.2)
