# rule: attribute-not-allowed
position = np.sctypeDict['void']
