// Package pack answers: how does a folder of CSV or Parquet files become a dataset?
//
// It is apart from package dataset so that the runner, which only reads datasets, links no file format libraries.
package pack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stratbox/stratbox/internal/dataset"
)

// Settings says how a folder of tables becomes a dataset.
type Settings struct {
	Name            string
	Close, AdjClose string // keys of the tables that play these roles
}

// KeysFile may lie beside the tables and maps file names to table keys.
const KeysFile = "keys.json"

// source is one input table on disk. Reading happens twice, first for dates and symbols, then for the values,
// so that only one table is in memory at a time.
type source struct {
	key, path string
}

// wide is one table in memory. Rows need not be sorted.
type wide struct {
	dates   []int32
	symbols []string
	values  []float64
}

// Convert turns every CSV and Parquet file of src into a table of a new dataset in dir. The dataset's dates are those of the close
// table and its symbols the close table's columns; other tables may lack some, which become NaN, but may not add any.
func Convert(ctx context.Context, src, dir string, settings Settings) (digest string, err error) {
	sources, err := findSources(src)
	if err != nil {
		return "", err
	}
	index := slices.IndexFunc(sources, func(s source) bool { return s.key == settings.Close })
	if index < 0 {
		return "", fmt.Errorf("no file gives the table %q, the traded price; found %s", settings.Close, keysOf(sources))
	}
	if !slices.ContainsFunc(sources, func(s source) bool { return s.key == settings.AdjClose }) {
		return "", fmt.Errorf("no file gives the table %q, the adjusted price; found %s", settings.AdjClose, keysOf(sources))
	}
	shape, err := readWide(sources[index].path)
	if err != nil {
		return "", err
	}
	shape.values = nil
	slices.Sort(shape.dates)
	keys := make([]string, len(sources))
	for i, s := range sources {
		keys[i] = s.key
	}
	w, err := dataset.Create(dir, dataset.Layout{
		Name: settings.Name, Dates: shape.dates, Symbols: shape.symbols, Keys: keys,
		Roles: map[string]string{dataset.RoleClose: settings.Close, dataset.RoleAdjClose: settings.AdjClose},
	})
	if err != nil {
		return "", err
	}
	for i, s := range sources {
		if err := packOne(ctx, w, i, s, shape); err != nil {
			return "", errors.Join(err, w.Abort())
		}
	}
	return w.Finish()
}

func packOne(ctx context.Context, w *dataset.Writer, i int, s source, shape *wide) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	table, err := readWide(s.path)
	if err != nil {
		return err
	}
	values, err := table.arrange(shape)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(s.path), err)
	}
	return w.Append(i, values)
}

// arrange lays the table out on the shape's dates and symbols.
func (t *wide) arrange(shape *wide) ([]float64, error) {
	column := make(map[string]int, len(shape.symbols))
	for i, s := range shape.symbols {
		column[s] = i
	}
	target := make([]int, len(t.symbols))
	for i, s := range t.symbols {
		c, ok := column[s]
		if !ok {
			return nil, fmt.Errorf("column %d is %q, which the close table does not have", i+2, s)
		}
		target[i] = c
	}
	values := make([]float64, len(shape.dates)*len(shape.symbols))
	for i := range values {
		values[i] = math.NaN()
	}
	for r, day := range t.dates {
		row, ok := slices.BinarySearch(shape.dates, day)
		if !ok {
			return nil, fmt.Errorf("the date %s is not in the close table", dataset.FormatDay(day))
		}
		for i, c := range target {
			values[row*len(shape.symbols)+c] = t.values[r*len(t.symbols)+i]
		}
	}
	return values, nil
}

// check refuses what would silently overwrite itself.
func (t *wide) check() error {
	if len(t.symbols) == 0 {
		return errors.New("there is no column beside the date")
	}
	if len(t.dates) == 0 {
		return errors.New("there are no rows")
	}
	seen := map[string]bool{}
	for i, s := range t.symbols {
		if seen[s] {
			return fmt.Errorf("column %d: %q appears twice", i+2, s)
		}
		seen[s] = true
	}
	days := map[int32]bool{}
	for i, day := range t.dates {
		if days[day] {
			return fmt.Errorf("row %d: the date %s appears twice", i+1, dataset.FormatDay(day))
		}
		days[day] = true
	}
	return nil
}

// readWide picks the reader by the file's ending; findSources lets only known ones through.
func readWide(path string) (*wide, error) {
	read := readCSV
	if strings.EqualFold(filepath.Ext(path), ".parquet") {
		read = readParquet
	}
	t, err := read(path)
	if err == nil {
		err = t.check()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return t, nil
}

func findSources(src string) ([]source, error) {
	names := map[string]string{}
	content, err := os.ReadFile(filepath.Join(src, KeysFile))
	if err == nil {
		err = json.Unmarshal(content, &names)
	} else if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", KeysFile, err)
	}
	entries, err := os.ReadDir(src)
	if err != nil {
		return nil, err
	}
	var sources []source
	for _, e := range entries {
		ending := filepath.Ext(e.Name())
		if e.IsDir() || (!strings.EqualFold(ending, ".csv") && !strings.EqualFold(ending, ".parquet")) {
			continue
		}
		key, ok := names[e.Name()]
		if !ok {
			key = strings.TrimSuffix(e.Name(), ending)
		}
		delete(names, e.Name())
		sources = append(sources, source{key: key, path: filepath.Join(src, e.Name())})
	}
	if len(names) > 0 {
		return nil, fmt.Errorf("%s names %s, which is not in the folder", KeysFile, strings.Join(slices.Sorted(maps.Keys(names)), ", "))
	}
	if len(sources) == 0 {
		return nil, errors.New("the folder has no .csv or .parquet file")
	}
	slices.SortFunc(sources, func(a, b source) int { return cmp.Compare(a.key, b.key) })
	for i := 1; i < len(sources); i++ {
		if sources[i].key == sources[i-1].key {
			return nil, fmt.Errorf("%s and %s both give the table %q",
				filepath.Base(sources[i-1].path), filepath.Base(sources[i].path), sources[i].key)
		}
	}
	return sources, nil
}

func keysOf(sources []source) string {
	keys := make([]string, len(sources))
	for i, s := range sources {
		keys[i] = s.key
	}
	return strings.Join(keys, ", ")
}
