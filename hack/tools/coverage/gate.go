package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"text/tabwriter"

	"golang.org/x/tools/cover"
)

// threshold is the least part of a package's statements that its tests must execute.
type threshold struct {
	folder  string
	percent float64
}

// count is how many statements a package has and how many of them were executed.
type count struct{ total, covered int }

func (c count) percent() float64 {
	if c.total == 0 {
		return 0
	}
	return 100 * float64(c.covered) / float64(c.total)
}

// row is one gated package. A package that the profile does not mention has a zero count.
type row struct {
	threshold
	count
}

// holds reports whether the package has statements and enough of them are covered.
func (r row) holds() bool { return r.total > 0 && r.count.percent() >= r.threshold.percent }

// readGate reads lines of a folder and a percentage; # begins a comment.
func readGate(r io.Reader) ([]threshold, error) {
	var thresholds []threshold
	scanner := bufio.NewScanner(r)
	for line := 1; scanner.Scan(); line++ {
		text, _, _ := strings.Cut(scanner.Text(), "#")
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 {
			return nil, fmt.Errorf("line %d: write a package and a percentage", line)
		}
		percent, err := strconv.ParseFloat(fields[1], 64)
		if err != nil || percent <= 0 || percent > 100 {
			return nil, fmt.Errorf("line %d: %q is not a percentage above 0", line, fields[1])
		}
		thresholds = append(thresholds, threshold{folder: fields[0], percent: percent})
	}
	if err := scanner.Err(); err != nil {
		return nil, err
	}
	if len(thresholds) == 0 {
		return nil, errors.New("it names no package")
	}
	return thresholds, nil
}

// statements sums the profile by package folder. Generated files do not count: nobody chose what is in them.
func statements(profiles []*cover.Profile) map[string]count {
	sums := map[string]count{}
	for _, profile := range profiles {
		if strings.HasPrefix(path.Base(profile.FileName), "zz_generated") {
			continue
		}
		sum := sums[path.Dir(profile.FileName)]
		for _, block := range profile.Blocks {
			sum.total += block.NumStmt
			if block.Count > 0 {
				sum.covered += block.NumStmt
			}
		}
		sums[path.Dir(profile.FileName)] = sum
	}
	return sums
}

// compare finds each threshold's package in the profile by its folder below the module.
func compare(thresholds []threshold, sums map[string]count) []row {
	rows := make([]row, 0, len(thresholds))
	for _, wanted := range thresholds {
		r := row{threshold: wanted}
		for folder, sum := range sums {
			if strings.HasSuffix(folder, "/"+wanted.folder) {
				r.count = sum
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// failing lists the folders of rows that do not hold.
func failing(rows []row) []string {
	var folders []string
	for _, r := range rows {
		if !r.holds() {
			folders = append(folders, r.folder)
		}
	}
	return folders
}

// write prints rows as a table.
func write(w io.Writer, rows []row) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, r := range rows {
		mark := "ok"
		if !r.holds() {
			mark = "TOO LOW"
		}
		if _, err := fmt.Fprintf(table, "%s\t%.1f %%\tof %d statements\tat least %g %%\t%s\t\n",
			r.folder, r.count.percent(), r.total, r.threshold.percent, mark); err != nil {
			return err
		}
	}
	return table.Flush()
}
