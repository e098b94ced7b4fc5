// Coverage answers one question: do the packages whose decisions must be proved by unit tests have enough of them?
//
// It reads a coverage profile of go test and a gate file, prints a table of the gated packages, and fails if one is
// below its threshold or has no test at all.
//
//	go -C hack/tools run ./coverage -profile unit.out -gate coverage/gate.txt
package main

import (
	"flag"
	"fmt"
	"os"

	"golang.org/x/tools/cover"
)

func main() {
	profile := flag.String("profile", "", "coverage profile written by go test")
	gate := flag.String("gate", "", "file of lines `package minimum-percent`, packages relative to the module")
	flag.Parse()
	if err := run(*profile, *gate); err != nil {
		fmt.Fprintln(os.Stderr, "coverage:", err)
		os.Exit(1)
	}
}

func run(profilePath, gatePath string) error {
	file, err := os.Open(gatePath)
	if err != nil {
		return fmt.Errorf("read the gate: %w", err)
	}
	defer func() { _ = file.Close() }()
	thresholds, err := readGate(file)
	if err != nil {
		return fmt.Errorf("read the gate %s: %w", gatePath, err)
	}
	profiles, err := cover.ParseProfiles(profilePath)
	if err != nil {
		return fmt.Errorf("read the profile: %w", err)
	}
	rows := compare(thresholds, statements(profiles))
	if err := write(os.Stdout, rows); err != nil {
		return fmt.Errorf("print the table: %w", err)
	}
	if missing := failing(rows); len(missing) > 0 {
		return fmt.Errorf("below the threshold in %s: %v", gatePath, missing)
	}
	return nil
}
