"""
Strategy: price to book with many helper functions, most of which are left from earlier versions.
Author: AI assistant
Version: 3.2.1
"""
import math
import re
import json
import itertools
import functools
import datetime as dt
from decimal import Decimal
from fractions import Fraction

VERSION = (3, 2, 1)
PATTERN = re.compile(r'^\d{4}$')


def sharpe(r, periods=252):
    return r.mean() / r.std() * math.sqrt(periods) if r.std() else 0.0


def max_drawdown(equity):
    return (equity / equity.cummax() - 1).min()


def save_settings(settings):
    return json.dumps(settings, ensure_ascii=False, sort_keys=True, indent=2)


def load_settings(text):
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return {}


@functools.lru_cache(maxsize=None)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def exact(x):
    return Decimal(str(x)).quantize(Decimal('0.01')), Fraction(x).limit_denominator(100)


def windows(seq, n):
    iterators = itertools.tee(seq, n)
    for i, it in enumerate(iterators):
        next(itertools.islice(it, i, i), None)
    return zip(*iterators)


def age_in_days(day):
    return (dt.date(2024, 12, 31) - day).days


def strategy(data):
    pb = data.get('price_earning_ratio:股價淨值比')
    ordinary = [s for s in pb.columns if PATTERN.match(s)]
    position = pb[ordinary].is_smallest(20)
    return position
