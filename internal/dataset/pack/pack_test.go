package pack

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"

	"github.com/stratbox/stratbox/internal/dataset"
)

var settings = Settings{Name: "mine", Close: "close", AdjClose: "close"}

// folder writes files and returns where.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func convert(t *testing.T, src string, s Settings) *dataset.Dataset {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	digest, err := Convert(t.Context(), src, dir, s)
	if err != nil {
		t.Fatal(err)
	}
	d, err := dataset.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if d.Digest() != digest || d.Verify() != nil {
		t.Errorf("digest %s, opened %s", digest, d.Digest())
	}
	return d
}

func values(t *testing.T, d *dataset.Dataset, key string) []float64 {
	t.Helper()
	table, err := d.Table(key)
	if err != nil {
		t.Fatal(err)
	}
	return table.Float64s()
}

var nan = math.NaN()

func TestCSVFilesBecomeTables(t *testing.T) {
	d := convert(t, folder(t, map[string]string{
		"close.csv":  "\xef\xbb\xbfdate, 2330 ,1101\n2024-01-03,593,\n2024-01-02,\"1,234.5\",33\n",
		"pe.csv":     "日期,1101\n20240103,NaN\n2024/1/2,-12e-1\n",
		"flag.csv":   "date,2330\n2024-01-02 00:00:00,True\n2024-01-03T00:00:00,false\n",
		"notes.txt":  "ignored",
		"keys.json":  `{"pe.csv": "price_earning_ratio:本益比"}`,
		"UPPER.CSV":  "date,1101\n2024-01-02T00:00:00Z,1\n",
		".gitignore": "",
	}), settings)
	if diff := cmp.Diff([]string{"UPPER", "close", "flag", "price_earning_ratio:本益比"}, d.Keys()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2330", "1101"}, d.Symbols()); diff != "" {
		t.Error(diff)
	}
	if days := d.Dates(); dataset.FormatDay(days[0]) != "2024-01-02" || len(days) != 2 {
		t.Errorf("dates are %v", days)
	}
	for key, want := range map[string][]float64{
		"close": {1234.5, 33, 593, nan}, "price_earning_ratio:本益比": {nan, -1.2, nan, nan}, "flag": {1, nan, 0, nan}, "UPPER": {nan, 1, nan, nan},
	} {
		if diff := cmp.Diff(want, values(t, d, key), cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
}

// writeParquet writes rows of one struct type.
func writeParquet[T any](t *testing.T, path string, rows []T, options ...parquet.WriterOption) {
	t.Helper()
	var buffer bytes.Buffer
	w := parquet.NewGenericWriter[T](&buffer, options...)
	for _, row := range rows { // a row group each, to cross their borders
		if _, err := w.Write([]T{row}); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, buffer.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestParquetFilesBecomeTables(t *testing.T) {
	src := t.TempDir()
	first, second := time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(2024, 1, 3, 0, 0, 0, 0, time.UTC)
	type wideRow struct {
		A    *float64  `parquet:"2330,optional"`
		B    int64     `parquet:"1101"`
		Date time.Time `parquet:"date,timestamp(nanosecond)"`
	}
	price := 593.0
	writeParquet(t, filepath.Join(src, "close.parquet"), []wideRow{{&price, 33, first}, {nil, 34, second}})
	type textRow struct {
		Day  string  `parquet:"day"`
		Flag bool    `parquet:"2330"`
		Half float32 `parquet:"1101"`
	}
	writeParquet(t, filepath.Join(src, "text.parquet"), []textRow{{"2024-01-03", true, 0.5}, {"2024-01-02", false, 1.5}}, parquet.Compression(&parquet.Zstd))
	type dayRow struct {
		Day   int32 `parquet:"__index_level_0__,date"`
		Small int32 `parquet:"2330"`
	}
	writeParquet(t, filepath.Join(src, "day.parquet"), []dayRow{{19724, 7}})
	type milliRow struct {
		Day int64   `parquet:"date,timestamp(millisecond)"`
		A   float64 `parquet:"1101"`
	}
	writeParquet(t, filepath.Join(src, "milli.parquet"), []milliRow{{first.UnixMilli(), 3}})
	type microRow struct {
		Day int64   `parquet:"date,timestamp(microsecond)"`
		A   float64 `parquet:"1101"`
	}
	writeParquet(t, filepath.Join(src, "micro.parquet"), []microRow{{second.UnixMicro() + 5, 4}})

	d := convert(t, src, settings)
	for key, want := range map[string][]float64{
		"close": {593, 33, nan, 34}, "text": {0, 1.5, 1, 0.5}, "day": {7, nan, nan, nan}, "milli": {nan, 3, nan, nan}, "micro": {nan, nan, nan, 4},
	} {
		if diff := cmp.Diff(want, values(t, d, key), cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
}

func TestMistakesNameFileRowAndColumn(t *testing.T) {
	const good = "date,1101\n2024-01-02,1\n"
	for name, c := range map[string]struct {
		files   map[string]string
		message string
	}{
		"an empty folder":            {nil, "no .csv or .parquet file"},
		"no price":                   {map[string]string{"pe.csv": good}, `no file gives the table "close", the traded price; found pe`},
		"a table twice":              {map[string]string{"close.csv": good, "close.parquet": ""}, "both give the table"},
		"a mapping of nothing":       {map[string]string{"close.csv": good, "keys.json": `{"x.csv": "y"}`}, "keys.json names x.csv"},
		"a mapping that is no JSON":  {map[string]string{"close.csv": good, "keys.json": `[`}, "reading keys.json"},
		"an empty file":              {map[string]string{"close.csv": ""}, "close.csv: reading the header line"},
		"no rows":                    {map[string]string{"close.csv": "date,1101\n"}, "close.csv: there are no rows"},
		"no columns":                 {map[string]string{"close.csv": "date\n2024-01-02\n"}, "close.csv: there is no column beside the date"},
		"a column twice":             {map[string]string{"close.csv": "date,a,b,a\n2024-01-02,1,2,3\n"}, `close.csv: column 4: "a" appears twice`},
		"a nameless column":          {map[string]string{"close.csv": "date,\n2024-01-02,1\n"}, "symbol 0 is empty"},
		"a date twice":               {map[string]string{"close.csv": good + "2024-01-02,2\n"}, "close.csv: row 2: the date 2024-01-02 appears twice"},
		"a date that is none":        {map[string]string{"close.csv": good + "tomorrow,2\n"}, `close.csv: row 2: "tomorrow" is not a date`},
		"a number that is none":      {map[string]string{"close.csv": good + "2024-01-03,abc\n"}, `close.csv: row 2 (2024-01-03), column "1101": "abc" is not a number`},
		"a short line":               {map[string]string{"close.csv": "date,a,b\n2024-01-02,1\n"}, "close.csv: record on line 2: wrong number of fields"},
		"a stock close lacks":        {map[string]string{"close.csv": good, "pe.csv": "date,2330\n2024-01-02,1\n"}, `pe.csv: column 2 is "2330", which the close table does not have`},
		"a date close lacks":         {map[string]string{"close.csv": good, "pe.csv": "date,1101\n2024-01-09,1\n"}, "pe.csv: the date 2024-01-09 is not in the close table"},
		"another table is malformed": {map[string]string{"close.csv": good, "pe.csv": "date,1101\nx,1\n"}, `pe.csv: row 1: "x" is not a date`},
		"no Parquet":                 {map[string]string{"close.parquet": "hello"}, "close.parquet: reading as Parquet"},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			_, err := Convert(t.Context(), folder(t, c.files), out, settings)
			if err == nil || !strings.Contains(err.Error(), c.message) {
				t.Errorf("got %v, want %q in it", err, c.message)
			}
			if entries, _ := os.ReadDir(out); len(entries) > 0 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
	if _, err := Convert(t.Context(), folder(t, map[string]string{"close.csv": good}), t.TempDir(), Settings{Name: "x", Close: "close", AdjClose: "adj"}); err == nil || !strings.Contains(err.Error(), `"adj", the adjusted price`) {
		t.Errorf("no adjusted price: %v", err)
	}
	if _, err := Convert(t.Context(), filepath.Join(t.TempDir(), "nowhere"), t.TempDir(), settings); err == nil {
		t.Error("a folder that does not exist was packed")
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Convert(cancelled, folder(t, map[string]string{"close.csv": good}), t.TempDir(), settings); err == nil {
		t.Error("a cancelled conversion went on")
	}
}

func TestParquetMistakesNameRowAndColumn(t *testing.T) {
	convertOne := func(path string) error {
		_, err := Convert(t.Context(), filepath.Dir(path), filepath.Join(t.TempDir(), "out"), settings)
		return err
	}
	type nested struct {
		Date string    `parquet:"date"`
		A    []float64 `parquet:"1101"`
	}
	type text struct {
		Date string `parquet:"date"`
		A    string `parquet:"1101"`
	}
	type number struct {
		Date float64 `parquet:"date"`
		A    float64 `parquet:"1101"`
	}
	type missing struct {
		Date *time.Time `parquet:"date,optional,timestamp"`
		A    float64    `parquet:"1101"`
	}
	type far struct {
		Date int64   `parquet:"date,timestamp(millisecond)"`
		A    float64 `parquet:"1101"`
	}
	type bad struct {
		Date string  `parquet:"date"`
		A    float64 `parquet:"1101"`
	}
	for message, write := range map[string]func(path string){
		`column "1101" is nested`:                              func(p string) { writeParquet(t, p, []nested{{"2024-01-02", []float64{1}}}) },
		`column "1101": row 1: BYTE_ARRAY is not a number`:     func(p string) { writeParquet(t, p, []text{{"2024-01-02", "x"}}) },
		`column "date": type DOUBLE is not a date`:             func(p string) { writeParquet(t, p, []number{{1, 2}}) },
		`column "date": row 1: the date is missing`:            func(p string) { writeParquet(t, p, []missing{{nil, 1}}) },
		`column "date": row 1: the timestamp is out of range`:  func(p string) { writeParquet(t, p, []far{{math.MaxInt64, 1}}) },
		`column "date": row 2: "x" is not a date such as 2024`: func(p string) { writeParquet(t, p, []bad{{"2024-01-02", 1}, {"x", 1}}) },
	} {
		path := filepath.Join(t.TempDir(), "close.parquet")
		write(path)
		if err := convertOne(path); err == nil || !strings.Contains(err.Error(), "close.parquet: "+message) {
			t.Errorf("got %v, want %q in it", err, message)
		}
	}
}

func TestACorruptParquetFileIsAnError(t *testing.T) {
	type row struct {
		Date string  `parquet:"date"`
		A    float64 `parquet:"1101"`
	}
	path := filepath.Join(t.TempDir(), "close.parquet")
	writeParquet(t, path, []row{{"2024-01-02", 1}, {"2024-01-03", 2}})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		broken := bytes.Clone(whole)
		broken[at] ^= 0xff
		if err := os.WriteFile(path, broken, 0o644); err != nil {
			t.Fatal(err)
		}
		// Many flips change a value or an unused field and still read; none may crash.
		if _, err := readWide(path); err != nil && !strings.Contains(err.Error(), "close.parquet") {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("date,1101\n2024-01-02,1\n")
	f.Add("\xef\xbb\xbfdate,\"a\nb\"\n20240102,\"1,000\"\n")
	f.Add("date\n\n,\n")
	f.Fuzz(func(t *testing.T, content string) {
		path := filepath.Join(t.TempDir(), "x.csv")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		table, err := readWide(path)
		if err == nil && len(table.values) != len(table.dates)*len(table.symbols) {
			t.Fatalf("%d values, %d dates, %d symbols", len(table.values), len(table.dates), len(table.symbols))
		}
	})
}
