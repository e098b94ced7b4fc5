# rule: import-not-allowed
from __future__ import annotations
import importlib
position = importlib.import_module('os')
