package report_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/stratbox/stratbox/internal/report/reporttest"
)

// focused says what the keyboard has reached, and whether it can be seen there.
const focused = `(() => {
  const e = document.activeElement, box = e.getBoundingClientRect();
  if (e === document.body) return 'nothing';
  const seen = box.top >= 0 && box.bottom <= innerHeight + 1 && getComputedStyle(e).outlineStyle !== 'none';
  return (e.getAttribute('aria-label') || e.id || e.textContent.trim()) + (seen ? '' : ', unseen');
})()`

func TestTheKeyboardReachesWhatCanBeOpenedOrScrolled(t *testing.T) {
	ctx, cancel := chromedp.NewContext(browser(t))
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(write(t, reporttest.Load("validation")))); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ key, want string }{
		{kb.Tab, "Skip to the details"},
		{kb.Tab, "All pairs as a table"},
		{kb.Enter, "All pairs as a table"},
		{kb.Tab, "All pairs"},
		{kb.Tab, "Manifest"},
	} {
		if err := chromedp.Do(ctx, chromedp.KeyEvent(step.key)); err != nil {
			t.Fatal(err)
		}
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](focused))
		if err != nil {
			t.Fatal(err)
		}
		if got != step.want {
			t.Errorf("the keyboard reaches %q, want %q", got, step.want)
		}
	}
}
