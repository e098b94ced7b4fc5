def make_rule(*, fast=10, slow=50, **extra):
    """Return a function of the close price; parameters live in its closure."""
    extra.setdefault('tolerance', 0.0)

    def rule(close, *args, **kwargs):
        tolerance = kwargs.get('tolerance', extra['tolerance'])
        return close.rolling(fast).mean() > close.rolling(slow).mean() * (1 + tolerance)

    return rule


rules = [make_rule(), make_rule(fast=5, slow=20), make_rule(**{'fast': 20, 'slow': 120, 'tolerance': 0.01})]
close = data.get('price:收盤價')
position = pd.DataFrame(np.logical_and.reduce([r(close).to_numpy() for r in rules]), index=close.index, columns=close.columns)
