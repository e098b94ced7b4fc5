import re
import pandas as pd

def strategy(data):
    close = data.get('price:收盤價')
    names = close.columns.to_series().astype(str)
    frame = pd.DataFrame({'symbol': names})
    frame['first'] = names.str[0]
    frame['last_two'] = names.str.slice(-2)
    frame['length'] = names.str.len()
    frame['digits'] = names.str.isdigit() & names.str.isnumeric()
    frame['padded'] = names.str.zfill(6).str.pad(8, side='right', fillchar='_')
    frame['swapped'] = names.str.replace(r'^(\d)(\d+)$', r'\2-\1', regex=True)
    frame['parts'] = frame['swapped'].str.split('-')
    frame['tail'] = frame['parts'].str.get(1)
    frame['joined'] = frame['parts'].str.join('/')
    frame['found'] = names.str.find('3')
    frame['etf'] = names.str.contains('^00', regex=True, na=False)
    frame[['a', 'b']] = names.str.extract(r'(\d{2})(\d{2})').rename(columns={0: 'a', 1: 'b'})
    frame['even'] = names.str.endswith(('0', '2', '4', '6', '8'))
    frame['count'] = names.str.count('1')
    frame['text'] = frame['symbol'].str.cat(frame['last_two'], sep=':').str.upper().str.strip().str.lower()
    frame['m'] = names.str.match('2') | names.str.fullmatch(r'\d{4}')
    print(frame.head(2).to_string())
    regular = [s for s in names if re.fullmatch(r'\d{4}', s)]
    even = frame.index[frame['even'] & ~frame['etf']]
    position = close[regular] > close[regular].rolling(40).mean()
    keep = position.columns.isin(even)
    return position.loc[:, keep]
