from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Tuple, Union

import pandas as pd

Table = pd.DataFrame
Rule = Callable[[Table], Table]

MIN_YIELD: float = 4.0
MAX_PE: float = 25.0
DEFAULTS: Dict[str, Union[int, float]] = {"window": 60, "limit": 20}


def clean(frame: Optional[Table], fill: float = 0.0) -> Table:
    if frame is None:
        raise ValueError("no table")
    return frame.fillna(fill)


def rules() -> List[Tuple[str, Rule]]:
    above: Rule = lambda t: t > t.rolling(int(DEFAULTS["window"])).mean()
    return [("trend", above), ("level", lambda t: t > 8)]


def strategy(data: Any, limit: int | None = None) -> Table:
    price: Table = data.get("price:收盤價")
    dividend: Table = clean(data.get("price_earning_ratio:殖利率(%)"))
    pe: Table = data.get("price_earning_ratio:本益比")
    ok: Table = (dividend >= MIN_YIELD) & (pe.le(MAX_PE))
    name: str
    rule: Rule
    for name, rule in rules():
        ok &= rule(price)
        print(f"after {name}: {int(ok.iloc[-1].sum())}")
    ranked: Table = dividend.where(ok)
    count: int = limit or int(DEFAULTS["limit"])
    return ranked.is_largest(count)
