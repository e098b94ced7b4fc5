# rule: attribute-store
with np.errstate(all='ignore') as data.get:
    position = 1
