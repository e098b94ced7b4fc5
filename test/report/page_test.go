// Package report_test opens reports in a real browser, narrow and wide, light and dark, and looks at what it made of
// them: `make test-report`. Its pictures are left in .artifacts/report.
package report_test

import (
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/stratbox/stratbox/internal/report"
	"github.com/stratbox/stratbox/internal/report/reporttest"
)

//go:embed inspect.js
var inspect string

const pictures = "../../.artifacts/report"

// screen is what a page is looked at on.
type screen struct {
	name          string
	width, height int64
	scheme        string
}

var screens = []screen{
	{"phone-light", 360, 740, "light"}, {"phone-dark", 360, 740, "dark"},
	{"desktop-light", 1280, 800, "light"}, {"desktop-dark", 1280, 800, "dark"},
	{"narrowest-light", 320, 640, "light"}, {"tablet-light", 800, 1100, "light"},
}

// browser starts one browser for all tests.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.DisableGPU)
	if os.Geteuid() == 0 {
		// Chromium does not isolate itself when root starts it; the pages are this test's own.
		options = append(options, chromedp.NoSandbox)
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium, which hack/debian-packages.sh chromium installs: %v", err)
	}
	return ctx
}

// complaints collects what the browser says about a page, and whatever the page asks the network for.
type complaints struct {
	mutex sync.Mutex
	said  []string
}

func (c *complaints) hear(event any) {
	said := ""
	switch event := event.(type) {
	case *log.EventEntryAdded:
		said = "log: " + event.Entry.Text
	case *runtime.EventConsoleAPICalled:
		said = fmt.Sprintf("console: %v", event.Type)
	case *runtime.EventExceptionThrown:
		said = "exception: " + event.ExceptionDetails.Text
	case *page.EventJavascriptDialogOpening:
		said = "dialog: " + event.Message
	case *network.EventRequestWillBeSent:
		if event.Type != network.ResourceTypeDocument {
			said = "request: " + event.Request.URL
		}
	}
	if said != "" {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.said = append(c.said, said)
	}
}

func (c *complaints) all() []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return slices.Clone(c.said)
}

func write(t *testing.T, c reporttest.Case) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.HTML(file, c.Benchmark, c.Samples); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

func show(on screen) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: on.scheme}},
		})
		return err
	})
}

func TestPagesReadWellOnEveryScreen(t *testing.T) {
	parent := browser(t)
	for _, c := range reporttest.All() {
		t.Run(c.Name, func(t *testing.T) {
			address := write(t, c)
			for i, on := range screens {
				// Most odd ones have the same layout: the narrowest and the widest screen are enough.
				if !slices.Contains(reporttest.Realistic(), c.Name) && c.Name != "long-names" && i != 3 && i != 4 {
					continue
				}
				t.Run(on.name, func(t *testing.T) { look(parent, t, address, c.Name, on) })
			}
		})
	}
}

// look opens the page in a tab of its own.
func look(parent context.Context, t *testing.T, address, name string, on screen) {
	ctx, cancel := chromedp.NewContext(parent)
	defer cancel()
	var heard complaints
	if err := chromedp.Listen(ctx, heard.hear); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(on.width, on.height), show(on), chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	// With everything open, what is folded away is looked at too.
	for _, unfold := range []string{"true", "false"} {
		found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](
			"document.querySelectorAll('details').forEach((d) => { d.open = "+unfold+" }); "+inspect))
		if err != nil {
			t.Fatal(err)
		}
		for _, defect := range found {
			t.Error(defect)
		}
	}
	for _, said := range heard.all() {
		t.Errorf("the browser says: %s", said)
	}
	picture(ctx, t, name, on)
}

// picture leaves a picture of the realistic pages for whoever wants to look.
func picture(ctx context.Context, t *testing.T, name string, on screen) {
	drawn, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(pictures, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(pictures, name+"-"+on.name+".png"), drawn, 0o644); err != nil {
		t.Fatal(err)
	}
}
