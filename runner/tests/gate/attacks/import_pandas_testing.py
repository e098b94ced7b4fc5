# rule: import-not-allowed
import pandas._testing as tm
position = tm
