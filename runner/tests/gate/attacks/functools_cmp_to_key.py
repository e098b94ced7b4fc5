# rule: attribute-not-allowed
# An array's own sort would compare elements by code that changes the array under it.
import functools

values = np.array([functools.cmp_to_key(lambda a, b: 0)(n) for n in range(200)], dtype=object)
position = values.sort()
