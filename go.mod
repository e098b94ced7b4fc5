module github.com/stratbox/stratbox

go 1.26.0
