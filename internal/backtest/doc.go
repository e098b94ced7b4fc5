// Package backtest answers: what would this position table have earned?
//
// It is arithmetic over plain slices: no clock, no files, no randomness, one fixed order of additions, so the same
// input gives the same bits. docs/scoring.md is its specification: when a signal is traded, what trading costs, how
// missing prices are treated, and the source of each formula.
//
// A day's decisions use nothing that was unknown at the close before it. Changing prices or positions dated after
// a day never changes the equity up to that day.
package backtest
