// core/sync/listing.hpp - lists a source, decides what is due, and hands it to the pipeline.
#pragma once

#include "core/sync/pipeline.hpp"
#include "core/sync/state.hpp"

namespace freshet::sync {

// Begins a new listing of the source, or, where list_every says that the last one still stands,
// takes what is due from the due index alone. What fails is in source.report.
void list_source(const Run& run, OpenSource& source, Pipeline& pipeline) noexcept;

// Lists and decides without any effect, and adds to `estimate` what a run would cost.
void plan_source(const Run& run, OpenSource& source, Estimate& estimate);

}  // namespace freshet::sync
