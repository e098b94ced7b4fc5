import warnings
warnings.filterwarnings('ignore')
import pandas as pd
import numpy as np

print("=" * 60)
print("Strategy: quality momentum")
print("=" * 60)

def strategy(data):
    close = data.get('price:收盤價')
    roe = data.get('fundamental_features:ROE稅後')
    print(f"close: {close.shape[0]:,} rows x {close.shape[1]} columns, from {close.index[0]:%Y-%m-%d}")
    momentum = close.pct_change(120)
    combined = momentum.rank(axis=1, pct=True) * 0.5 + roe.rank(axis=1, pct=True) * 0.5
    position = combined.is_largest(10)
    print("average holdings: %.1f" % position.sum(axis=1).mean())
    print("last day: {}".format(position.index[-1]))
    return position

if __name__ == "__main__":
    position = strategy(data)
    print(position.tail())
