# rule: attribute-not-allowed
position = sim.__self__._request_fd
