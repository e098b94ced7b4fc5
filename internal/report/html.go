package report

import (
	"crypto/sha256"
	_ "embed" // the page's parts
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

var (
	//go:embed page.css
	pageCSS string
	//go:embed page.html.tmpl
	pageTemplate string
	//go:embed plots.html.tmpl
	plotsTemplate string

	page = template.Must(template.New("page").Funcs(template.FuncMap{"tight": tight}).Parse(pageTemplate + plotsTemplate))
)

// unit is a number's unit, which ought not to begin a line.
var unit = regexp.MustCompile(`(\d) (%|ms\b|s\b)`)

func tight(text string) string { return unit.ReplaceAllString(text, "$1\u00a0$2") }

// document is what the page's template is given. The style is ours; nothing of the view is trusted.
type document struct {
	view
	Style  template.CSS
	Policy string
}

// HTML writes one page that needs nothing else: no network, no script. Samples may be empty; the last pairs of the
// benchmark's status are shown then.
func HTML(w io.Writer, benchmark *v1alpha1.Benchmark, samples overhead.Samples) error {
	digest := sha256.Sum256([]byte(pageCSS))
	content := document{
		view: describe(benchmark, samples), Style: template.CSS(pageCSS),
		// Were anything of the cluster's text ever taken for markup, the browser would still load and execute nothing.
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'",
	}
	var written strings.Builder
	err := page.Execute(&written, content)
	if err == nil {
		// One place for all text: nothing in it turns what stands beside it.
		_, err = io.WriteString(w, visible(written.String()))
	}
	if err != nil {
		return fmt.Errorf("write the report of benchmark %s: %w", benchmark.Name, err)
	}
	return nil
}
