# rule: attribute-not-allowed
position = b'{0.x}'.format(data)
