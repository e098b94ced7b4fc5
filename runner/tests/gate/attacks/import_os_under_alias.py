# rule: import-not-allowed
import os as pandas_helpers
position = pandas_helpers.environ
