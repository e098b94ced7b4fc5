// Package report answers what a benchmark found, for people and for programs: from one Benchmark and its raw samples it
// writes HTML, Markdown, JSON and the format that benchstat reads. It is pure: the same benchmark gives the same bytes.
// It decides nothing: every estimate and the decision are those of the benchmark's status; samples are only drawn.
//
// Names, messages and code come from a cluster, so each format escapes all of them for where they stand.
package report
