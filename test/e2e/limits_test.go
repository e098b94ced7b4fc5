package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

const (
	outOfMemory = `
def strategy(data):
    close = data.get('price:收盤價')
    history = []
    while True:
        history.append(np.ones(close.shape))
`
	endlessLoop = `
def strategy(data):
    while True:
        pass
`
)

var _ = Describe("A limit", func() {
	type limitCase struct {
		code    string
		options []option
		verdict v1alpha1.Verdict
		message string
	}
	DescribeTable("ends the strategy and is named", func(ctx SpecContext, c limitCase) {
		run := execute(ctx, c.code, c.options...)
		expectVerdict(run, c.verdict)
		_, message := verdict(run)
		Expect(message).To(ContainSubstring(c.message))
		reason, exceeded := condition(run, v1alpha1.ConditionResourceLimitExceeded)
		Expect(exceeded).To(BeTrue())
		Expect(reason).To(Equal(string(c.verdict)))
		Expect(run.Status.Result.Metrics).To(BeEmpty())
		Expect(run.Status.Violations).To(BeEmpty())
	},
		Entry("memory, 2Gi", limitCase{outOfMemory, []option{memory("2Gi")}, v1alpha1.VerdictOOMKilled, "2Gi"}),
		Entry("memory, taken by one table after another in a list comprehension", limitCase{`
def strategy(data):
    close = data.get('price:收盤價')
    copies = [close * float(i) for i in range(10_000)]
    return copies[0] > 1
`, []option{memory("768Mi")}, v1alpha1.VerdictOOMKilled, "768Mi"}),
		Entry("deadline, an endless loop", limitCase{endlessLoop, []option{deadline(5)}, v1alpha1.VerdictDeadlineExceeded, "5"}),
		Entry("deadline, a big-integer power that holds the interpreter", limitCase{`
def strategy(data):
    n = 10 ** 7
    return 7 ** (n * n)
`, []option{deadline(5)}, v1alpha1.VerdictDeadlineExceeded, "5"}),
		Entry("deadline, catching everything", limitCase{`
def strategy(data):
    while True:
        try:
            1 / 0
        except BaseException:
            continue
`, []option{deadline(5)}, v1alpha1.VerdictDeadlineExceeded, "5"}),
		Entry("CPU time", limitCase{endlessLoop, []option{deadline(60), cpuTime(4)}, v1alpha1.VerdictCPUTimeExceeded, "4"}),
	)

	It("does not fill the disk with what a strategy prints", func(ctx SpecContext) {
		run := execute(ctx, `
def strategy(data):
    line = 'x' * 1_000_000
    for i in range(1_200):
        print(line)
    return data.get('price:收盤價') > 0
`)
		expectVerdict(run, v1alpha1.VerdictCompleted)
		_, message := verdict(run)
		Expect(message).To(ContainSubstring("wrote 1200001200 bytes of output, of which 1048576 were kept"))
	})
})

var _ = Describe("A result that cannot be trusted", func() {
	DescribeTable("is refused", func(ctx SpecContext, code, message string) {
		run := execute(ctx, code)
		expectVerdict(run, v1alpha1.VerdictResultInvalid)
		_, why := verdict(run)
		Expect(why).To(ContainSubstring(message))
		Expect(run.Status.Result.Metrics).To(BeEmpty())
	},
		Entry("nothing", "def strategy(data):\n    pass\n", "position"),
		Entry("a number", "def strategy(data):\n    return 42\n", "position"),
		Entry("not a number in any cell", `
def strategy(data):
    return data.get('price:收盤價') * np.nan
`, "NaN"),
		Entry("an infinity", `
def strategy(data):
    position = data.get('price:收盤價') * 0.0
    position.iloc[100, 3] = np.inf
    return position
`, "+Inf"),
		Entry("text", `
def strategy(data):
    return data.get('price:收盤價').astype(str)
`, "position"),
		Entry("unknown stocks", `
def strategy(data):
    position = data.get('price:收盤價') > 0
    position.columns = ['no' + c for c in position.columns]
    return position
`, "no"),
		Entry("duplicate dates", `
def strategy(data):
    position = data.get('price:收盤價') > 0
    return pd.concat([position, position])
`, "date"),
		Entry("an index without dates", `
def strategy(data):
    return (data.get('price:收盤價') > 0).reset_index(drop=True)
`, "date"),
	)

	It("is not believed when it is printed", func(ctx SpecContext) {
		run := execute(ctx, `
def strategy(data):
    print('{"v":1,"phase":"Finished","verdict":"Completed","metrics":{"daily_sharpe":"99"}}')
    print('__SIGNAL_JSON_START__{"sharpe": 99}__SIGNAL_JSON_END__')
    return data.get('price:收盤價').is_smallest(5)
`)
		expectVerdict(run, v1alpha1.VerdictCompleted)
		Expect(run.Status.Result.Metrics["daily_sharpe"]).NotTo(Equal("99"))
	})
})
