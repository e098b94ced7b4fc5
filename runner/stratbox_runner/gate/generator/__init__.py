"""What words of pandas, numpy and Python may a strategy use? Derives the gate's lists from the pinned versions.

Only the generator and the tests import this package; the gate itself reads the result, `vocabulary.py`.
"""
