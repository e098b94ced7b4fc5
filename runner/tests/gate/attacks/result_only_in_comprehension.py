# rule: no-entry-point
rows = [position for position in [1, 2]]
