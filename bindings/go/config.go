package freshet

import "encoding/json"

// Config is the configuration of a run: docs/configuration.md describes every key; those that have no field go into More.
// Wherever a configuration or options are taken, any other value that encodes to such a JSON object will do; nil stands
// for the defaults.
type Config struct {
	Sources      []Source       `json:"sources"`
	Store        any            `json:"store,omitempty"`    // a name, or an object with a name and options
	Embedder     any            `json:"embedder,omitempty"` // the same
	Policy       any            `json:"policy,omitempty"`
	Force        bool           `json:"force,omitempty"`
	DryRun       bool           `json:"dry_run,omitempty"`
	AcceptShrink bool           `json:"accept_shrink,omitempty"`
	Rebuild      bool           `json:"rebuild,omitempty"`
	More         map[string]any `json:"-"`
}

// Source is one place that content comes from.
type Source struct {
	Loader  string         `json:"loader"`
	Name    string         `json:"name,omitempty"`
	Options map[string]any `json:"options,omitempty"`
	Policy  any            `json:"policy,omitempty"`
	More    map[string]any `json:"-"`
}

// QueryOptions are those of a query; what has no field goes into More.
type QueryOptions struct {
	Limit    int            `json:"limit,omitempty"`
	Mode     string         `json:"mode,omitempty"` // "text", "vector" or "hybrid"
	Filter   any            `json:"filter,omitempty"`
	MaxAge   string         `json:"max_age,omitempty"`
	Deadline string         `json:"deadline,omitempty"`
	Config   any            `json:"config,omitempty"`
	More     map[string]any `json:"-"`
}

// OpenOptions are those of Open; what has no field goes into More.
type OpenOptions struct {
	Namespace         string         `json:"namespace,omitempty"`
	ReadOnly          bool           `json:"read_only,omitempty"`
	Create            *bool          `json:"create,omitempty"`
	PluginDirectories []string       `json:"plugin_directories,omitempty"`
	More              map[string]any `json:"-"`
}

// with encodes a struct and puts more keys beside its own.
func with(value any, more map[string]any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil || len(more) == 0 {
		return text, err
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	for key, each := range more {
		all[key] = each
	}
	return json.Marshal(all)
}

// MarshalJSON puts More beside the fields.
func (c Config) MarshalJSON() ([]byte, error) {
	type plain Config
	if c.Sources == nil {
		c.Sources = []Source{}
	}
	return with(plain(c), c.More)
}

// MarshalJSON puts More beside the fields.
func (s Source) MarshalJSON() ([]byte, error) {
	type plain Source
	return with(plain(s), s.More)
}

// MarshalJSON puts More beside the fields.
func (o QueryOptions) MarshalJSON() ([]byte, error) {
	type plain QueryOptions
	return with(plain(o), o.More)
}

// MarshalJSON puts More beside the fields.
func (o OpenOptions) MarshalJSON() ([]byte, error) {
	type plain OpenOptions
	return with(plain(o), o.More)
}

// Report is the account of a run: docs/c-api.md, "The report". [Run.ReportJSON] has all of it.
type Report struct {
	Started   string   `json:"started"`
	Ended     string   `json:"ended"`
	Seconds   float64  `json:"seconds"`
	DryRun    bool     `json:"dry_run"`
	Cancelled bool     `json:"cancelled"`
	ExitCode  int      `json:"exit_code"`
	Listed    uint64   `json:"listed"`
	Refreshed uint64   `json:"refreshed"`
	Unchanged uint64   `json:"unchanged"`
	Skipped   uint64   `json:"skipped"`
	Removed   uint64   `json:"removed"`
	Busy      uint64   `json:"busy"`
	Failed    uint64   `json:"failed"`
	Held      uint64   `json:"held"`
	Success   *float64 `json:"success_rate"`
	Chunks    struct {
		Added, Removed, Kept, Updated uint64
	} `json:"chunks"`
	Delivered struct {
		Upserts, Removals, Pending uint64
	} `json:"delivered"`
}
