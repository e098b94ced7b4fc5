// Package dataset answers: what is in a dataset folder, and may it be trusted enough to map into memory?
//
// A dataset is a folder with manifest.json and one .npy file per table. Every table is wide (dates x symbols,
// C order, little-endian) and all tables share the same dates and symbols, so a table is one contiguous block
// that numpy and Go can use in place.
//
//	manifest.json
//	  format   "stratbox-dataset/1"
//	  name     what people call the dataset
//	  digest   "sha256:<hex>" over the manifest's own content, so it covers every file through their checksums
//	  dates    the .npy file of days since 1970-01-01 (int32, strictly increasing)
//	  symbols  the column names, unique
//	  roles    which table plays which part: close (what a strategy sees traded), adjClose (what scoring uses)
//	  tables   key -> file, dtype (f8, f4, i8, b1), shape, sha256
//
// Open treats the folder as untrusted input: a manifest or header that does not fit the files is an error that
// names the file. It reads O(tables) bytes; whether the content matches the checksums is asked with Verify.
// A mapped file must not be truncated while it is open: datasets are mounted read-only for that reason.
//
// Create streams tables into a new dataset, Generate makes a synthetic market; package pack converts CSV and Parquet files.
package dataset
