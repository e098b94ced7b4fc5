# rule: module-as-value
t = pd.api
position = t.extensions
