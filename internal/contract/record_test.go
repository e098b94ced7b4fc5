package contract

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

var update = flag.Bool("update", false, "write the golden files anew")

const uid = "6c1f3f5e-0000-4000-8000-000000000001"

// complete is a record with every field a Completed attempt has.
func complete() Record {
	return Record{
		Version: RecordVersion, RunUID: uid, Attempt: 1, Phase: PhaseFinished, Verdict: v1alpha1.VerdictCompleted,
		Message: "the strategy ran and was scored", Sealed: true, Detection: v1alpha1.DetectionFull,
		Metrics:   map[string]string{"daily_sharpe": "1.31", "max_drawdown": "-0.22", "total_return": "0.84", "trades": "412"},
		Timings:   Timings{StartedAt: 1795427360071, Imports: 330, Data: 1, Seal: 18, Gate: 2, Execution: 2210, Scoring: 90, Total: 2660},
		CPUMillis: 2300, PeakMemoryBytes: 402653184, OutputBytes: 120,
		Dataset: "sha256:84c5566412d04fd4b016993e08c3cf8f3e6da7f9015d24bdcb046b801d61730d",
		Policy:  "sha256:453870867cb097bba1d989870d156bea467603ac8cc9cd8842c7eecb305ec9ae",

		CPUModel: "AMD EPYC 7B13", CgroupVersion: CgroupV2,
		Speculation: "store bypass: thread force mitigated; indirect branch: conditional force disabled",
	}
}

// violated is a record with as much in it as one can hold.
func violated() Record {
	r := complete()
	r.Verdict, r.Metrics, r.Message = v1alpha1.VerdictSecurityViolation, nil, "the strategy made 5 system calls that the sandbox denies: socket (2), openat (2), execve (1)"
	r.Violations = []Violation{{"socket", 2, 1795427374730}, {"openat", 2, 1795427374734}}
	r.ViolationCount, r.ViolationsDropped = 5, 1
	r.Gate = &GateFinding{Rule: "import-not-allowed", Line: 1, Column: 8, Message: "socket is not available", SourceLine: "import socket"}
	r.OOM, r.OutputDropped = true, 12
	return r
}

func TestRecordsKeepTheirForm(t *testing.T) {
	for name, r := range map[string]Record{"completed": complete(), "violation": violated()} {
		t.Run(name, func(t *testing.T) {
			text, err := r.Encode()
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "record-"+name+".json")
			if *update {
				if err := os.WriteFile(golden, append(text, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(text)+"\n"); diff != "" {
				t.Errorf("other releases read this form; change RecordVersion with it (-want +got):\n%s", diff)
			}
			back, err := DecodeRecord(string(want), uid, 1)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r, back); diff != "" {
				t.Errorf("decoded record (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEncodeFitsTheTerminationMessage(t *testing.T) {
	long := strings.Repeat("長", 2000)
	for name, change := range map[string]func(*Record){
		"everything at its cap":             func(*Record) {},
		"a message that escapes to twofold": func(r *Record) { r.Message = strings.Repeat(`"`, 5000) },
		"many violations of long names": func(r *Record) {
			r.Violations, r.ViolationCount = nil, 0
			for i := range 40 {
				r.Violations = append(r.Violations, Violation{fmt.Sprintf("%s_%d", strings.Repeat(`"`, 60), i), math.MaxInt32, math.MaxInt64})
				r.ViolationCount += math.MaxInt32
			}
			r.ViolationsDropped = 0
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := violated()
			r.Message, r.Gate.Rule, r.Gate.Message, r.Gate.SourceLine = long, long, long, long
			r.CPUModel, r.Speculation = long, long
			change(&r)
			text, err := r.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if len(text) > MaxRecordBytes {
				t.Errorf("%d bytes, at most %d fit", len(text), MaxRecordBytes)
			}
			if _, err := DecodeRecord(string(text), uid, 1); err != nil {
				t.Errorf("what was encoded is not accepted: %v", err)
			}
		})
	}
}

func TestEncodeLeavesTheRecordAlone(t *testing.T) {
	r, want := violated(), violated()
	for len(r.Violations) < MaxViolations+1 {
		r.Violations = append(r.Violations, Violation{fmt.Sprint("call", len(r.Violations)), 1, 0})
		want.Violations = append(want.Violations, r.Violations[len(r.Violations)-1])
	}
	r.Gate.SourceLine = strings.Repeat("x", 500)
	want.Gate.SourceLine = r.Gate.SourceLine
	if _, err := r.Encode(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("changed by Encode (-want +got):\n%s", diff)
	}
}

func TestEncodeRefusesWhatCannotBeCut(t *testing.T) {
	r := complete()
	for i := range 200 {
		r.Metrics[fmt.Sprint("metric", i)] = "0.123456789012345"
	}
	if text, err := r.Encode(); err == nil {
		t.Errorf("encoded %d bytes", len(text))
	}
}

func TestDecodeRecordRefuses(t *testing.T) {
	for name, change := range map[string]func(*Record){
		"another version":                     func(r *Record) { r.Version++ },
		"another run":                         func(r *Record) { r.RunUID = "x" },
		"another attempt":                     func(r *Record) { r.Attempt++ },
		"an unknown phase":                    func(r *Record) { r.Phase = "Resting" },
		"no verdict although finished":        func(r *Record) { r.Verdict = "" },
		"a verdict before the end":            func(r *Record) { r.Phase = PhaseExecution },
		"a verdict of the cluster":            func(r *Record) { r.Verdict = v1alpha1.VerdictPodLost },
		"a verdict of nobody":                 func(r *Record) { r.Verdict = "Triumph" },
		"a rejection without a finding":       func(r *Record) { r.Verdict, r.Metrics, r.Gate = v1alpha1.VerdictASTRejected, nil, nil },
		"a message that is too long":          func(r *Record) { r.Message = strings.Repeat("x", MaxMessageBytes+1) },
		"a message with a line feed":          func(r *Record) { r.Message = "a\nb" },
		"a message with an escape":            func(r *Record) { r.Message = "\x1b[2J" },
		"a message with a C1 control":         func(r *Record) { r.Message = "\u009b2J" },
		"a score with denied calls":           func(r *Record) { r.ViolationCount, r.ViolationsDropped = 1, 1 },
		"a score without Completed":           func(r *Record) { r.Verdict = v1alpha1.VerdictStrategyError },
		"an unknown detection":                func(r *Record) { r.Detection = "Some" },
		"a digest that is too long":           func(r *Record) { r.Dataset = strings.Repeat("x", 129) },
		"a digest with a control":             func(r *Record) { r.Policy = "a\tb" },
		"a processor's name that is too long": func(r *Record) { r.CPUModel = strings.Repeat("x", MaxCPUModelBytes+1) },
		"a processor's name with a control":   func(r *Record) { r.CPUModel = "a\x1bb" },
		"a tale of speculation":               func(r *Record) { r.Speculation = strings.Repeat("x", MaxSpeculationBytes+1) },
		"speculation with a line feed":        func(r *Record) { r.Speculation = "a\nb" },
		"cgroups that do not exist":           func(r *Record) { r.CgroupVersion = "v3" },
		"negative CPU time":                   func(r *Record) { r.CPUMillis = -1 },
		"negative memory":                     func(r *Record) { r.PeakMemoryBytes = -1 },
		"negative output":                     func(r *Record) { r.OutputBytes = -1 },
		"negative dropped output":             func(r *Record) { r.OutputDropped = -1 },
		"a negative timing":                   func(r *Record) { r.Timings.Gate = -1 },
		"a timing of a year":                  func(r *Record) { r.Timings.Total = 365 * 86400 * 1000 },
		"a start before 1970":                 func(r *Record) { r.Timings.StartedAt = -1 },
		"too many metrics": func(r *Record) {
			for i := range MaxMetrics + 1 {
				r.Metrics[fmt.Sprint(i)] = "1"
			}
		},
		"a metric without a name":       func(r *Record) { r.Metrics[""] = "1" },
		"a metric with a long name":     func(r *Record) { r.Metrics[strings.Repeat("x", 33)] = "1" },
		"a metric that is not a number": func(r *Record) { r.Metrics["calmar"] = "NaN" },
		"a metric that is infinite":     func(r *Record) { r.Metrics["calmar"] = "1e999" },
		"a metric that is empty":        func(r *Record) { r.Metrics["calmar"] = "" },
		"a metric that is a text":       func(r *Record) { r.Metrics["calmar"] = `"1"` },
		"a metric behind a space":       func(r *Record) { r.Metrics["calmar"] = " 1" },
		"a metric that is too long":     func(r *Record) { r.Metrics["calmar"] = "0." + strings.Repeat("1", 40) },
		"a finding without a rule":      func(r *Record) { r.Gate = &GateFinding{Message: "no"} },
		"a finding with a long line":    func(r *Record) { r.Gate = &GateFinding{Rule: "x", SourceLine: strings.Repeat("x", 161)} },
		"a finding before line 0":       func(r *Record) { r.Gate = &GateFinding{Rule: "x", Line: -1} },
		"a finding with a control":      func(r *Record) { r.Gate = &GateFinding{Rule: "x", Message: "\x00"} },
	} {
		t.Run(name, func(t *testing.T) { refused(t, complete(), change) })
	}
	for name, change := range map[string]func(*Record){
		"more violations than named":  func(r *Record) { r.ViolationCount++ },
		"fewer violations than named": func(r *Record) { r.ViolationsDropped++ },
		"a negative count":            func(r *Record) { r.ViolationCount = -5 },
		"a call without a name":       func(r *Record) { r.Violations[0].Syscall = "" },
		"a call with a long name":     func(r *Record) { r.Violations[0].Syscall = strings.Repeat("x", 65) },
		"a call that never happened":  func(r *Record) { r.Violations[0].Count, r.ViolationCount = 0, 3 },
		"a call before 1970":          func(r *Record) { r.Violations[0].FirstTime = -1 },
		"the same call twice":         func(r *Record) { r.Violations[1].Syscall = "socket" },
		"a count that wraps around":   func(r *Record) { r.Violations[0].Count = math.MaxInt64; r.ViolationCount = math.MinInt64 + 2 },
		"counts that wrap around twice": func(r *Record) {
			r.Violations[0].Count, r.Violations[1].Count, r.ViolationsDropped, r.ViolationCount = math.MaxInt64, math.MaxInt64, 3, 1
		},
		"more names than there may be": func(r *Record) {
			for i := range MaxViolations {
				r.Violations = append(r.Violations, Violation{fmt.Sprint("call", i), 1, 0})
				r.ViolationCount++
			}
		},
	} {
		t.Run(name, func(t *testing.T) { refused(t, violated(), change) })
	}
}

func refused(t *testing.T, r Record, change func(*Record)) {
	t.Helper()
	change(&r)
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := DecodeRecord(string(text), uid, 1); err == nil {
		t.Errorf("accepted: %+v", got)
	}
}

func TestDecodeRecordRefusesText(t *testing.T) {
	valid, err := complete().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"no JSON":                     "Killed",
		"half a record":               string(valid[:len(valid)/2]),
		"two records":                 string(valid) + string(valid),
		"something behind it":         string(valid) + " x",
		"an unknown field":            strings.Replace(string(valid), `{"v"`, `{"trusted":true,"v"`, 1),
		"a list":                      "[]",
		"more than the kubelet reads": strings.Repeat(" ", MaxRecordBytes) + string(valid),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := DecodeRecord(text, uid, 1); err == nil {
				t.Errorf("accepted: %+v", got)
			}
		})
	}
	for _, empty := range []string{"", " \n"} {
		if _, err := DecodeRecord(empty, uid, 1); !errors.Is(err, ErrNoRecord) {
			t.Errorf("DecodeRecord(%q) = %v, want ErrNoRecord", empty, err)
		}
	}
	if _, err := DecodeRecord(string(valid)+strings.Repeat(" ", 20), uid, 1); err != nil {
		t.Errorf("a record filled up with spaces is refused: %v", err)
	}
}

func TestDecodeRecordAcceptsEveryPhaseOnTheWay(t *testing.T) {
	for _, phase := range phases[:len(phases)-1] {
		r := Record{Version: RecordVersion, RunUID: uid, Attempt: 1, Phase: phase}
		text, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeRecord(string(text), uid, 1); err != nil {
			t.Errorf("%s: %v", phase, err)
		}
	}
}

func TestCleanAndTruncate(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"printable text stays":          {"ROE稅後 > 5", "ROE稅後 > 5"},
		"controls become spaces":        {"a\x1b[2J\nb\tc\x7f", "a [2J b c "},
		"invalid UTF-8 is replaced":     {"a\xffb", "a\uFFFDb"},
		"C1 controls become spaces too": {"a\u009bb", "a b"},
		"no text turns around":          {"a\u202eb\u2066c\u200fd\u061ce", "abcde"},
		"nothing hides":                 {"o\u200bs\u2060.\ufeffpopen\u00ad\U000e0041", "os.popen"},
		"lines do not end":              {"a\u2028b\u2029c", "a b c"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Clean(test.text); got != test.want || !printable(got) {
				t.Errorf("Clean(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
	for name, test := range map[string]struct {
		text  string
		limit int
		want  string
	}{
		"what fits stays":              {"abcdef", 6, "abcdef"},
		"what does not fit is marked":  {"abcdefg", 6, "abc…"},
		"a rune is not cut in two":     {"稅後稅後", 9, "稅後…"},
		"nothing but the mark may fit": {"稅後", 4, "…"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Truncate(test.text, test.limit); got != test.want || len(got) > test.limit {
				t.Errorf("Truncate(%q, %d) = %q, want %q", test.text, test.limit, got, test.want)
			}
		})
	}
}

// FuzzDecodeRecord: whatever a container leaves, what is accepted can be shown and stored, and survives a second reading.
func FuzzDecodeRecord(f *testing.F) {
	for _, r := range []Record{complete(), violated(), {Version: RecordVersion, RunUID: uid, Attempt: 1, Phase: PhaseGate}} {
		text, err := r.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(`{"v":1,"run":"` + uid + `","attempt":1,"phase":"Finished","verdict":"ASTRejected","gate":{"rule":"x"},"timings":{}}`)
	f.Add(`{"v":1,"violationCount":-1}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := DecodeRecord(text, uid, 1)
		if err != nil {
			return
		}
		if (r.Verdict != "") != (r.Phase == PhaseFinished) || !printable(r.Message) || len(r.Violations) > MaxViolations {
			t.Fatalf("accepted %+v", r)
		}
		again, err := r.Encode()
		if err != nil {
			t.Fatalf("an accepted record does not encode: %v", err)
		}
		if _, err := DecodeRecord(string(again), uid, 1); err != nil {
			t.Fatalf("an accepted record is refused when encoded again: %v", err)
		}
	})
}
