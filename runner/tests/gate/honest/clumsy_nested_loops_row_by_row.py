import pandas as pd
import warnings
warnings.filterwarnings('ignore')

# Step 1: load data
close_data = data.get('price:收盤價')
volume_data = data.get('price:成交股數')

# Step 2: prepare the result
position_dict = {}
all_dates = list(close_data.index)
all_stocks = list(close_data.columns)

# Step 3: loop over every 20th date
previous = []
for i in range(len(all_dates)):
    current_date = all_dates[i]
    if i < 60:
        position_dict[current_date] = []
        continue
    if i % 20 != 0:
        position_dict[current_date] = previous
        continue
    scores = []
    for stock in all_stocks:
        p_now = close_data.loc[current_date, stock]
        p_old = close_data.loc[all_dates[i - 60], stock]
        if pd.isna(p_now) or pd.isna(p_old) or p_old == 0:
            continue
        else:
            change = (p_now - p_old) / p_old
            if change > 0.0:
                scores.append({'stock': stock, 'score': change})
            else:
                pass
    scores = sorted(scores, key=lambda d: d['score'], reverse=True)
    previous = [d['stock'] for d in scores[:10]]
    position_dict[current_date] = previous

# Step 4: convert to DataFrame
rows = []
for d in all_dates:
    row = {}
    for s in all_stocks:
        row[s] = s in position_dict[d]
    rows.append(row)
position = pd.DataFrame(rows, index=all_dates)
position.columns = close_data.columns
print("完成! Shape =", position.shape)
