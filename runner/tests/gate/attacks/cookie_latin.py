# rule: encoding
# -*- coding: latin-1 -*-
position = 1
