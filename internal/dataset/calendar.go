package dataset

import (
	"slices"
	"time"
)

// lunarNewYear is the first day of the lunar year. The Taiwan market closes from the eve to the fifth day.
var lunarNewYear = map[int]string{
	2000: "02-05", 2001: "01-24", 2002: "02-12", 2003: "02-01", 2004: "01-22", 2005: "02-09", 2006: "01-29",
	2007: "02-18", 2008: "02-07", 2009: "01-26", 2010: "02-14", 2011: "02-03", 2012: "01-23", 2013: "02-10",
	2014: "01-31", 2015: "02-19", 2016: "02-08", 2017: "01-28", 2018: "02-16", 2019: "02-05", 2020: "01-25",
	2021: "02-12", 2022: "02-01", 2023: "01-22", 2024: "02-10", 2025: "01-29", 2026: "02-17",
}

// fixedHolidays are New Year, Peace Memorial, Children's and Tomb Sweeping, Labour and National Day.
var fixedHolidays = []string{"01-01", "02-28", "04-04", "04-05", "05-01", "10-10"}

// tradingDays lists n trading days ending on or before last, in rising order: weekdays that are no holiday.
func tradingDays(n int, last time.Time) []int32 {
	days := make([]int32, 0, n)
	for day := last; len(days) < n; day = day.AddDate(0, 0, -1) {
		if isTradingDay(day) {
			days = append(days, int32(day.Unix()/86400))
		}
	}
	slices.Reverse(days)
	return days
}

func isTradingDay(day time.Time) bool {
	if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || slices.Contains(fixedHolidays, day.Format("01-02")) {
		return false
	}
	if text, ok := lunarNewYear[day.Year()]; ok {
		first, _ := time.Parse(time.DateOnly, day.Format("2006-")+text) // the table's own dates parse
		since := int(day.Sub(first).Hours() / 24)
		if day.Equal(first.AddDate(0, 0, -1)) || (since >= 0 && since < 5 && !day.Before(first)) {
			return false
		}
	}
	return true
}
