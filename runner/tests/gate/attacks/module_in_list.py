# rule: module-as-value
position = [m.isna(1) for m in [pd]]
