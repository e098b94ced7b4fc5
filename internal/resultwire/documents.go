package resultwire

import "encoding/json"

// Task is the document of KindTask: what a strategy finds in its scope. Dates are written 2024-12-31.
type Task struct {
	Parameters map[string]string `json:"parameters"`
	StartDate  string            `json:"startDate"`
	EndDate    string            `json:"endDate"`
	FeeRatio   float64           `json:"feeRatio"`
	TaxRatio   float64           `json:"taxRatio"`
}

// Gate is the document of KindGate. Accepted and Rule exclude each other.
type Gate struct {
	Accepted   bool   `json:"accepted"`
	Rule       string `json:"rule,omitempty"`
	Line       int32  `json:"line,omitempty"`
	Column     int32  `json:"column,omitempty"`
	Message    string `json:"message,omitempty"`
	SourceLine string `json:"sourceLine,omitempty"`
}

// Options is the document of KindSim and KindResult: the trading options, where null means the default.
type Options struct {
	Resample      string   `json:"resample"`
	FeeRatio      *float64 `json:"feeRatio"`
	TaxRatio      *float64 `json:"taxRatio"`
	StopLoss      *float64 `json:"stopLoss"`
	TakeProfit    *float64 `json:"takeProfit"`
	PositionLimit *float64 `json:"positionLimit"`
}

// Stats is the document of KindStats. Metrics that are undefined for the positions are absent.
type Stats struct {
	Metrics map[string]json.Number `json:"metrics"`
}

// Refusal is the document of KindRefused and KindInvalid: a sentence for the strategy's author.
type Refusal struct {
	Reason string `json:"reason"`
}

// Failure is the document of KindError. Line is the line of the strategy that raised, 0 if there is none.
type Failure struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Line    int32  `json:"line"`
}
