package filelock

import (
	"path/filepath"
	"testing"
)

func TestTheSecondHolderWaitsForTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	release, err := Acquire(path, func() { t.Error("waited for a free lock") })
	if err != nil {
		t.Fatal(err)
	}
	waiting, acquired := make(chan struct{}), make(chan error)
	go func() {
		again, err := Acquire(path, func() { close(waiting) })
		if err == nil {
			again()
		}
		acquired <- err
	}()
	<-waiting
	release()
	if err := <-acquired; err != nil {
		t.Error(err)
	}
}

func TestALockInAMissingFolderIsAnError(t *testing.T) {
	if _, err := Acquire(filepath.Join(t.TempDir(), "missing", "lock"), func() {}); err == nil {
		t.Error("locked a file that cannot be")
	}
}
