import pandas as pd


def load(data):
    return {name: data.get(key) for name, key in [('close', 'price:收盤價'), ('roe', 'fundamental_features:ROE稅後')]}


def select(tables):
    strong = tables['roe'].rank(axis=1, pct=True) > 0.7
    trend = tables['close'] > tables['close'].rolling(60).mean()
    return strong & trend


def report_to_console(stats):
    print('+' + '-' * 30 + '+')
    for name in sorted(stats):
        value = stats[name]
        text = 'n/a' if value is None or pd.isna(value) else f'{value:.4f}'
        print('|' + name.ljust(18) + text.rjust(12) + '|')
    print('+' + '-' * 30 + '+')


def main():
    tables = load(data)
    result = select(tables)
    return result, sim(result, resample='M', fee_ratio=1.425 / 1000, tax_ratio=3 / 1000)


if __name__ == "__main__":
    position, report = main()
    report_to_console(report.get_stats())
