# rule: attribute-not-allowed
position = np.zeros(1).__array_interface__
