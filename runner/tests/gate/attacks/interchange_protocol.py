# rule: attribute-not-allowed
position = pd.api.interchange.from_dataframe(data)
