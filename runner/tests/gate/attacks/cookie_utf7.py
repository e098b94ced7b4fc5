# rule: encoding
# -*- coding: utf-7 -*-
position = 1
