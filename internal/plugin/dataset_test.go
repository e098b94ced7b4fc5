package plugin

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// execute runs the plugin with arguments and returns what it printed.
func execute(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	command := NewCommand(genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &out}, "test")
	command.SetArgs(args)
	err := command.ExecuteContext(t.Context())
	return out.String(), err
}

func TestADatasetIsGeneratedAndInspected(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tw")
	printed, err := execute(t, "dataset", "generate", dir, "--days", "30", "--stocks", "5", "--seed", "3")
	if err != nil || !strings.Contains(printed, "30 days x 5 stocks, sha256:") {
		t.Fatalf("%v: %s", err, printed)
	}
	printed, err = execute(t, "dataset", "inspect", dir, "--verify")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"name       tw\n", "every file matches its checksum", "2024-12-31", "price:收盤價", " close\n", " adjClose\n"} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is not in\n%s", want, printed)
		}
	}
	printed, err = execute(t, "dataset", "inspect", dir, "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	var report inspection
	if err := json.Unmarshal([]byte(printed), &report); err != nil {
		t.Fatal(err)
	}
	if report.Name != "tw" || report.Days != 30 || report.Symbols != 5 || report.Verified || len(report.Tables) != 19 {
		t.Errorf("%+v", report)
	}
}

func TestTheSameSeedPrintsTheSameDigest(t *testing.T) {
	base := t.TempDir()
	digest := func(name, seed string) string {
		printed, err := execute(t, "dataset", "generate", filepath.Join(base, name), "--name", "x", "--days", "20", "--stocks", "3", "--seed", seed)
		if err != nil {
			t.Fatal(err)
		}
		_, digest, _ := strings.Cut(printed, "sha256:")
		return digest
	}
	if diff := cmp.Diff(digest("a", "1"), digest("b", "1")); diff != "" {
		t.Error(diff)
	}
	if digest("c", "1") == digest("d", "2") {
		t.Error("two seeds gave one dataset")
	}
}

func TestAFolderOfTablesIsPacked(t *testing.T) {
	src := t.TempDir()
	if err := os.WriteFile(filepath.Join(src, "p.csv"), []byte("date,1101\n2024-01-02,1\n2024-01-03,2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "mine")
	printed, err := execute(t, "dataset", "pack", src, dir, "--close", "p", "--adj-close", "p")
	if err != nil || !strings.Contains(printed, "sha256:") {
		t.Fatalf("%v: %s", err, printed)
	}
	printed, err = execute(t, "dataset", "inspect", dir)
	if err != nil || !strings.Contains(printed, "close adjClose") || !strings.Contains(printed, "not verified") {
		t.Errorf("%v: %s", err, printed)
	}
}

func TestMistakesAreErrors(t *testing.T) {
	dir := t.TempDir()
	for message, args := range map[string][]string{
		`--last: "soon" is not a date`: {"generate", filepath.Join(dir, "a"), "--last", "soon"},
		"0 days x 2000 stocks":         {"generate", filepath.Join(dir, "a"), "--days", "0"},
		"no .csv or .parquet file":     {"pack", dir, filepath.Join(dir, "a")},
		"opening dataset":              {"inspect", dir},
		`-o: "yaml" is unknown`:        {"inspect", dir, "-o", "yaml"},
		"accepts 1 arg(s)":             {"inspect"},
	} {
		if _, err := execute(t, append([]string{"dataset"}, args...)...); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%v: got %v, want %q in it", args, err, message)
		}
	}
}

func TestADamagedDatasetFailsVerification(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tw")
	if _, err := execute(t, "dataset", "generate", dir, "--days", "10", "--stocks", "2"); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "table-000.npy"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{42}, 200); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := execute(t, "dataset", "inspect", dir, "--verify"); err == nil || !strings.Contains(err.Error(), "table-000.npy does not match") {
		t.Errorf("got %v", err)
	}
}
