# rule: attribute-not-allowed
position = ().__𝒸lass__
