# -*- coding: utf-8 -*-
標題 = '🚀 動能策略 v2 — “加強版”'
print(標題)
print('═' * 20, '▲▼', '✓ 完成', '①②③', 'naïve café', '✓', '✓')

def 計算動能(價格, 天數=20):
    """回傳過去「天數」日的報酬率。"""
    return 價格.pct_change(天數)

def strategy(data):
    收盤價 = data.get('price:收盤價')
    動能 = 計算動能(收盤價, 天數=30)
    前十名 = 動能.is_largest(10)
    for i, (日期, 列) in enumerate(前十名.tail(2).iterrows(), 1):
        print(f'{i}. {日期:%Y年%m月%d日}:{"、".join(列[列].index[:5])}')
    return 前十名
