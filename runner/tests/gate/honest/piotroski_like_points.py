def strategy(data):
    """仿 Piotroski F-Score 的計分法"""
    roe = data.get('fundamental_features:ROE稅後')
    margin = data.get('fundamental_features:營業利益率')
    growth = data.get('fundamental_features:營收成長率')
    pb = data.get('price_earning_ratio:股價淨值比')

    points = []
    points.append((roe > 0).astype(int))                      # 1. 獲利為正
    points.append((roe > roe.shift(60)).astype(int))          # 2. ROE 改善
    points.append((margin > 0).astype(int))                   # 3. 本業賺錢
    points.append((margin > margin.shift(60)).astype(int))    # 4. 利益率改善
    points.append((growth > 0).astype(int))                   # 5. 營收成長
    points.append((growth > growth.shift(60)).astype(int))    # 6. 成長加速
    f_score = sum(points)

    cheap = pb < 2.5
    good = f_score >= 5
    position = good & cheap
    print(f_score.iloc[-1].value_counts().sort_index())
    return position
