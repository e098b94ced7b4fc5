package pack

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stratbox/stratbox/internal/dataset"
)

// readCSV reads a wide table: a header line, then one line per date. An empty cell, NaN, NA, null and - are missing values.
func readCSV(path string) (*wide, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	input := bufio.NewReaderSize(f, 1<<20)
	if mark, _ := input.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) { // a byte order mark, as spreadsheets write
		_, _ = input.Discard(3)
	}
	reader := csv.NewReader(input)
	reader.ReuseRecord = true
	header, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("reading the header line: %w", err)
	}
	t := &wide{symbols: slices.Clone(header[1:])}
	for i, s := range t.symbols {
		t.symbols[i] = strings.Clone(strings.TrimSpace(s))
	}
	for row := 1; ; row++ {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		day, err := parseDay(record[0])
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", row, err)
		}
		t.dates = append(t.dates, day)
		for i, text := range record[1:] {
			v, err := parseNumber(text)
			if err != nil {
				return nil, fmt.Errorf("row %d (%s), column %q: %w", row, dataset.FormatDay(day), t.symbols[i], err)
			}
			t.values = append(t.values, v)
		}
	}
}

var dayLayouts = []string{time.DateOnly, "2006/01/02", "20060102", "2006-1-2", "2006/1/2", time.DateTime, "2006-01-02T15:04:05", time.RFC3339}

func parseDay(text string) (int32, error) {
	text = strings.TrimSpace(text)
	for _, layout := range dayLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return int32(t.Truncate(24*time.Hour).Unix() / 86400), nil
		}
	}
	return 0, fmt.Errorf("%q is not a date such as 2024-12-31", text)
}

func parseNumber(text string) (float64, error) {
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "", "nan", "na", "n/a", "null", "none", "-", "--":
		return math.NaN(), nil
	case "true":
		return 1, nil
	case "false":
		return 0, nil
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	return v, nil
}
