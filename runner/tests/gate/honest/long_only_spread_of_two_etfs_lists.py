# 兩組股票輪動
GROUP_A = ['1101', '1102', '1301', '1303']
GROUP_B = ['2330', '2317', '2454', '2308', '2412']

def basket(close, members):
    present = [m for m in members if m in close.columns]
    if len(present) == 0:
        # 資料中沒有這些股票, 改用前 4 檔
        present = close.columns.tolist()[:4]
    normed = close[present].div(close[present].bfill().iloc[0])
    return present, normed.mean(axis=1)

def strategy(data):
    close = data.get('price:收盤價')
    members_a, a = basket(close, GROUP_A)
    members_b, b = basket(close, GROUP_B)
    ratio = a / b
    z = (ratio - ratio.rolling(60).mean()) / ratio.rolling(60).std()
    buy_a, buy_b = z < -0.5, z > 0.5
    position = pd.DataFrame(0.0, index=close.index, columns=sorted(set(members_a) | set(members_b)))
    for s in members_a:
        position.loc[buy_a, s] = 1 / len(members_a)
    for s in members_b:
        position.loc[buy_b, s] = 1 / len(members_b)
    return position
