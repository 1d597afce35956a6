package freshet

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
	err := check(func(failure *freshet_error) freshet_status {
		lines := uintptr(0)
		if to != nil {
			lines = callback(callOnLogLine)
		}
		return freshet_log_set(lines, 0, failure)
	})
	if err == nil && to == nil {
		logger.Store(nil)
	}
	return err
}

func level(raw int32) slog.Level {
	switch {
	case raw >= freshet_LEVEL_ERROR:
		return slog.LevelError
	case raw == freshet_LEVEL_WARNING:
		return slog.LevelWarn
	case raw == freshet_LEVEL_INFO:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}

// SlogLevel is that of a log line.
func (e Event) SlogLevel() slog.Level { return level(int32(e.Level)) }

func onLogLine(_ uintptr, raw int32, plugin, message *byte) {
	defer func() { _ = recover() }() // a logger that panics has nobody to tell
	if to := logger.Load(); to != nil {
		to.Log(context.Background(), level(raw), textOf(message), "plugin", textOf(plugin))
	}
}
