# rule: import-not-allowed
import collections.abc as a, concurrent.futures as b
position = b
