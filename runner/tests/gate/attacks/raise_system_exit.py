# rule: name-not-allowed
position = 1
raise SystemExit(139)
