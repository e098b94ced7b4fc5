# rule: import-not-allowed
import math, json, os, re
position = 1
