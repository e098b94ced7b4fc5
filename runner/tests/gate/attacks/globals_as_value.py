# rule: call-not-allowed
position = [globals][0]()
