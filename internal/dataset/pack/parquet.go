package pack

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// readParquet reads a flat wide table. The date column is the one called date or __index_level_0__ (pandas writes its index
// last), otherwise the first.
func readParquet(path string) (t *wide, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file, err := parquet.OpenFile(f, info.Size(), parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true))
	if err != nil {
		return nil, fmt.Errorf("reading as Parquet: %w", err)
	}
	fields := file.Schema().Fields()
	for _, field := range fields {
		if !field.Leaf() || field.Repeated() {
			return nil, fmt.Errorf("column %q is nested; only flat tables can be packed", field.Name())
		}
	}
	date := max(0, slices.IndexFunc(fields, func(field parquet.Field) bool {
		return field.Name() == "date" || field.Name() == "__index_level_0__"
	}))
	t = &wide{}
	for i, field := range fields {
		if i != date {
			t.symbols = append(t.symbols, field.Name())
		}
	}
	return t, t.readRowGroups(file, fields, date)
}

func (t *wide) readRowGroups(file *parquet.File, fields []parquet.Field, date int) error {
	rows := int(file.NumRows())
	t.dates = make([]int32, rows)
	t.values = make([]float64, rows*len(t.symbols))
	from := 0
	for _, group := range file.RowGroups() {
		column := 0
		for i, chunk := range group.ColumnChunks() {
			var set func(row int, v parquet.Value) error
			if i == date {
				toDay, err := dayReader(fields[i].Type())
				if err != nil {
					return fmt.Errorf("column %q: %w", fields[i].Name(), err)
				}
				set = func(row int, v parquet.Value) (err error) {
					t.dates[row], err = toDay(v)
					return err
				}
			} else {
				c := column
				set = func(row int, v parquet.Value) (err error) {
					t.values[row*len(t.symbols)+c], err = toNumber(v)
					return err
				}
				column++
			}
			if err := eachValue(chunk, from, from+int(group.NumRows()), set); err != nil {
				return fmt.Errorf("column %q: %w", fields[i].Name(), err)
			}
		}
		from += int(group.NumRows())
	}
	return nil
}

// eachValue passes a flat column chunk's values on, as rows from up to to.
func eachValue(chunk parquet.ColumnChunk, from, to int, set func(int, parquet.Value) error) error {
	pages := chunk.Pages()
	defer func() { _ = pages.Close() }()
	buffer := make([]parquet.Value, 1024)
	row := from
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", row+1, err)
		}
		values := page.Values()
		for err == nil {
			var n int
			n, err = values.ReadValues(buffer)
			for _, v := range buffer[:n] {
				if row >= to {
					return fmt.Errorf("more than %d values", to-from)
				}
				if err := set(row, v); err != nil {
					return fmt.Errorf("row %d: %w", row+1, err)
				}
				row++
			}
		}
		parquet.Release(page)
		if !errors.Is(err, io.EOF) {
			return fmt.Errorf("row %d: %w", row+1, err)
		}
	}
	if row != to {
		return fmt.Errorf("%d values for %d rows", row-from, to-from)
	}
	return nil
}

// dayReader knows dates, timestamps and text.
func dayReader(column parquet.Type) (func(parquet.Value) (int32, error), error) {
	perDay := int64(0)
	logical := ""
	if l := column.LogicalType(); l != nil {
		logical = l.String()
	}
	switch {
	case column.Kind() == parquet.ByteArray:
		return func(v parquet.Value) (int32, error) { return parseDay(string(v.ByteArray())) }, nil
	case column.Kind() == parquet.Int32 && logical == "DATE":
		return func(v parquet.Value) (int32, error) { return v.Int32(), notNull(v) }, nil
	case strings.Contains(logical, "NANOS"):
		perDay = 86400e9
	case strings.Contains(logical, "MICROS"):
		perDay = 86400e6
	case strings.Contains(logical, "MILLIS"):
		perDay = 86400e3
	}
	if column.Kind() != parquet.Int64 || perDay == 0 {
		return nil, fmt.Errorf("type %s is not a date, timestamp or text", column)
	}
	return func(v parquet.Value) (int32, error) {
		day := math.Floor(float64(v.Int64()) / float64(perDay))
		if math.Abs(day) > math.MaxInt32 {
			return 0, errors.New("the timestamp is out of range")
		}
		return int32(day), notNull(v)
	}, nil
}

func notNull(v parquet.Value) error {
	if v.IsNull() {
		return errors.New("the date is missing")
	}
	return nil
}

func toNumber(v parquet.Value) (float64, error) {
	if v.IsNull() {
		return math.NaN(), nil
	}
	switch v.Kind() {
	case parquet.Boolean:
		if v.Boolean() {
			return 1, nil
		}
		return 0, nil
	case parquet.Int32:
		return float64(v.Int32()), nil
	case parquet.Int64:
		return float64(v.Int64()), nil
	case parquet.Float:
		return float64(v.Float()), nil
	case parquet.Double:
		return v.Double(), nil
	}
	return 0, fmt.Errorf("%s is not a number", v.Kind())
}
