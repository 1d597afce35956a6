package freshet

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"log/slog"
	"sync/atomic"
)

var logger atomic.Pointer[slog.Logger]

// SetLogger hands the log lines of plugins that belong to no run to a logger, with the attribute "plugin"; nil: they are
// dropped. The log of the process.
func SetLogger(to *slog.Logger) error {
	if to != nil {
		logger.Store(to)
	}
	on := flag(to != nil)
	err := check(func(failure **C.freshet_error) C.freshet_status { return C.freshet_go_log_set(on, failure) })
	if err == nil && to == nil {
		logger.Store(nil)
	}
	return err
}

func level(raw C.int32_t) slog.Level {
	switch raw {
	case C.FRESHET_LEVEL_DEBUG:
		return slog.LevelDebug
	case C.FRESHET_LEVEL_INFO:
		return slog.LevelInfo
	case C.FRESHET_LEVEL_WARNING:
		return slog.LevelWarn
	}
	return slog.LevelError
}

// SlogLevel is that of a log line.
func (e Event) SlogLevel() slog.Level { return level(C.int32_t(e.Level)) }

//export freshetGoLog
func freshetGoLog(raw C.int32_t, plugin, message *C.char) {
	defer func() { _ = recover() }() // a logger that panics has nobody to tell
	if to := logger.Load(); to != nil {
		to.Log(context.Background(), level(raw), C.GoString(message), "plugin", C.GoString(plugin))
	}
}
