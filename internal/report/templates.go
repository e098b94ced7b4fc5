package report

import (
	htmltemplate "html/template"
	texttemplate "text/template"
)

var page = htmltemplate.Must(htmltemplate.New("page").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{{.Name}}</title><h1>{{.Decision}}</h1><p>{{.Rationale}}</p></html>
`))

var text = texttemplate.Must(texttemplate.New("text").Parse("# {{.Decision}}\n\n{{.Rationale}}\n"))
