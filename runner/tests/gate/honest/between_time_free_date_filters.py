start = pd.Timestamp(start_date)
end = pd.to_datetime(end_date)
close = data.get('price:收盤價').loc[start:end]
revenue = data.get('monthly_revenue:當月營收').truncate(before=start, after=end)
growth = revenue.div(revenue.shift(240)).sub(1)
year = close.index.year
hot_months = close.index.month.isin([1, 2, 11, 12])
print(f'{start:%Y/%m/%d} ~ {end:%Y/%m/%d}', year.min(), year.max(), hot_months.mean().round(3))
position = (growth > 0.1) & pd.DataFrame(np.tile(hot_months[:, None], close.shape[1]), index=close.index, columns=close.columns)
report = sim(position, resample='M')
