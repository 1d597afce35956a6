#include "core/telemetry/run_trace.hpp"

#include <fmt/format.h>

#include "core/base/redact.hpp"
#include "core/host/redactor.hpp"
#include "core/ports/random.hpp"

namespace freshet::telemetry {
namespace {

using base::Instant;
using sync::ActivityKind;
using sync::Event;
using sync::EventKind;
using sync::Outcome;

std::string draw_id() {
  std::uint64_t number = 0;
  while (number == 0) number = ports::system_random().draw();  // zeros are no id
  return fmt::format("{:016x}", number);
}

std::string clean(const base::Error& error) {
  return host::redactor().clean(base::to_string(error));
}

std::vector<Counter> counters_of(const sync::Report& report, const std::string& name_space) {
  const sync::Counts& counts = report.counts;
  std::vector<Counter> all;
  const auto add = [&](const char* name, const char* unit, std::uint64_t value,
                       const char* attribute = nullptr, const char* kind = nullptr) {
    Counter counter{name, unit, {{"freshet.namespace", name_space}}, value};
    if (attribute != nullptr) counter.attributes[attribute] = kind;
    all.push_back(std::move(counter));
  };
  for (const auto& [kind, value] :
       {std::pair{"refreshed", counts.refreshed}, std::pair{"unchanged", counts.unchanged},
        std::pair{"skipped", counts.skipped}, std::pair{"removed", counts.removed},
        std::pair{"busy", counts.busy}, std::pair{"failed", counts.failed},
        std::pair{"held", counts.held}, std::pair{"excluded", counts.excluded}})
    add("freshet.roots", "{root}", value, "freshet.outcome", kind);
  for (const auto& [kind, value] :
       {std::pair{"added", counts.chunks_added}, std::pair{"removed", counts.chunks_removed},
        std::pair{"kept", counts.chunks_kept}, std::pair{"updated", counts.chunks_updated}})
    add("freshet.chunks", "{chunk}", value, "freshet.change", kind);
  add("freshet.embedded.texts", "{text}", counts.embedded_texts, "freshet.from", "model");
  add("freshet.embedded.texts", "{text}", counts.embedded_cached, "freshet.from", "cache");
  add("freshet.embedded.tokens", "{token}", counts.embedded_tokens);
  add("freshet.store.upserts", "{row}", counts.upserts);
  add("freshet.store.removals", "{row}", counts.removals);
  add("freshet.http.requests", "{request}", counts.requests);
  add("freshet.http.retries", "{request}", counts.retries);
  add("freshet.http.not_modified", "{request}", counts.not_modified);
  add("freshet.http.received", "By", counts.bytes);
  add("freshet.runs", "{run}", 1, "freshet.ended",
      report.cancelled          ? "cancelled"
      : report.exit_code() == 0 ? "well"
                                : "partly");
  add("freshet.run.time", "ms", static_cast<std::uint64_t>(report.seconds * 1000));
  return all;
}

}  // namespace

RunTrace::RunTrace(std::shared_ptr<Exporter> exporter, std::optional<TraceContext> context,
                   std::string name_space)
    : exporter_(std::move(exporter)),
      sampled_(!context || context->sampled),
      name_space_(std::move(name_space)) {
  run_.trace = context ? context->trace : draw_id() + draw_id();
  run_.id = draw_id();
  if (context) run_.parent = context->span;
  run_.name = "freshet run";
  run_.began = ports::system_clock().now();
  run_.attributes["freshet.namespace"] = name_space_;
}

Span RunTrace::child(const std::string& parent, std::string name, Instant began) const {
  Span span;
  span.trace = run_.trace;
  span.id = draw_id();
  span.parent = parent;
  span.name = std::move(name);
  span.began = span.ended = began;
  return span;
}

// It goes on until the last that is heard of it.
Span& RunTrace::source(const std::string& name, Instant at) {
  auto found = sources_.find(name);
  if (found == sources_.end()) {
    Span span = child(run_.id, "freshet source", at);
    span.attributes["freshet.source"] = name;
    found = sources_.emplace(name, std::move(span)).first;
  }
  found->second.began = std::min(found->second.began, at);
  found->second.ended = std::max(found->second.ended, at);
  return found->second;
}

void RunTrace::take(const Event& event) noexcept {
  if (!sampled_) return;
  try {
    const std::lock_guard lock(mutex_);
    note(event);
  } catch (...) {  // no memory: a span fewer
  }
}

void RunTrace::note(const Event& event) {
  switch (event.kind) {
    case EventKind::run_started:
      if (!event.label.empty()) run_.attributes["freshet.label"] = event.label;
      return;
    case EventKind::listing_started:
      listings_.insert_or_assign(
          event.source, child(source(event.source, event.at).id, "freshet list", event.at));
      return;
    case EventKind::listing_ended:
      return listing_ended(event);
    case EventKind::root_done:
      return root_done(event);
    case EventKind::delivery:
      delivery(event.at, event.at).attributes["freshet.rows"] = event.done;
      delivery_->attributes["freshet.pending"] = event.total;
      return;
    default:
      return;
  }
}

// From the first that went to a store to the last that it confirmed.
Span& RunTrace::delivery(Instant began, Instant ended) {
  if (!delivery_) delivery_ = child(run_.id, "freshet deliver", began);
  delivery_->began = std::min(delivery_->began, began);
  delivery_->ended = std::max(delivery_->ended, ended);
  return *delivery_;
}

void RunTrace::take(const sync::Activity& activity) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    note(activity);
  } catch (...) {
  }
}

void RunTrace::note(const sync::Activity& activity) {
  switch (activity.kind) {
    case ActivityKind::fetch:
      return fetched(activity);
    case ActivityKind::embed:
      return embedded(activity);
    case ActivityKind::upsert:
    case ActivityKind::remove:
      return delivered(activity);
  }
}

Span RunTrace::piece(const std::string& parent, const char* name,
                     const sync::Activity& activity) const {
  Span span = child(parent, name, activity.began);
  span.ended = activity.ended;
  if (activity.error) {
    span.error = clean(*activity.error);
    span.attributes["error.type"] = std::string(base::code_name(activity.error->code));
  }
  return span;
}

void RunTrace::fetched(const sync::Activity& activity) {
  const sync::Activity::Root& name = activity.roots.front();
  Span& root =
      roots_
          .try_emplace({name.source, name.uri}, child(source(name.source, activity.began).id,
                                                      "freshet root", activity.began))
          .first->second;
  Span span = piece(root.id, "freshet fetch", activity);
  span.attributes["url.full"] = base::redact_url(name.uri);
  span.attributes["freshet.attempts"] = activity.attempts;
  if (!activity.error) {
    span.attributes["freshet.fetched"] = activity.outcome;
    span.attributes["freshet.bytes"] = activity.amount;
  }
  exporter_->push(std::move(span));
}

// A request has the texts of several documents: it is a part of the run, and linked with each.
void RunTrace::embedded(const sync::Activity& activity) {
  std::vector<std::string> about;
  for (const sync::Activity::Root& name : activity.roots)
    if (const auto found = roots_.find({name.source, name.uri}); found != roots_.end())
      about.push_back(found->second.id);
  Span span = piece(about.size() == 1 ? about.front() : run_.id, "freshet embed", activity);
  if (about.size() > 1) span.links = std::move(about);
  span.attributes["freshet.model"] = activity.by;
  span.attributes["freshet.texts"] = activity.count;
  if (activity.amount > 0) span.attributes["freshet.tokens"] = activity.amount;
  exporter_->push(std::move(span));
}

void RunTrace::delivered(const sync::Activity& activity) {
  const bool upserts = activity.kind == ActivityKind::upsert;
  Span span = piece(delivery(activity.began, activity.ended).id,
                    upserts ? "freshet upsert" : "freshet remove", activity);
  span.attributes["freshet.store"] = activity.by;
  span.attributes["freshet.target"] = activity.target;
  span.attributes["freshet.rows"] = activity.count;
  exporter_->push(std::move(span));
}

void RunTrace::listing_ended(const Event& event) {
  source(event.source, event.at);
  const auto found = listings_.find(event.source);
  if (found == listings_.end()) return;
  Span span = std::move(found->second);
  listings_.erase(found);
  span.ended = event.at;
  span.attributes["freshet.source"] = event.source;
  if (event.status != base::Code::ok) span.error = host::redactor().clean(event.message);
  exporter_->push(std::move(span));
}

void RunTrace::root_done(const Event& event) {
  Span span = child(source(event.source, event.at).id, "freshet root", event.at);
  if (auto begun = roots_.extract({event.source, event.uri})) {
    span = std::move(begun.mapped());
    span.ended = std::max(span.began, event.at);
  }
  span.attributes = {{"url.full", base::redact_url(event.uri)},
                     {"freshet.source", event.source},
                     {"freshet.outcome", std::string(sync::outcome_name(event.outcome))},
                     {"freshet.attempts", event.attempts}};
  if (!event.reason.empty()) span.attributes["freshet.reason"] = event.reason;
  if (event.outcome == Outcome::failed) {
    span.error = host::redactor().clean(event.message);
    span.attributes["error.type"] = std::string(base::code_name(event.status));
  }
  exporter_->push(std::move(span));
}

void RunTrace::ended(const base::Result<sync::Report>& result) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    if (sampled_) end_all(result);
    if (result) exporter_->add(counters_of(*result, name_space_));
  } catch (...) {
  }
}

void RunTrace::end_all(const base::Result<sync::Report>& result) {
  run_.ended = std::max(ports::system_clock().now(), run_.began);
  for (auto& [name, span] : listings_) {  // it was stopped in the middle
    span.ended = run_.ended;
    exporter_->push(std::move(span));
  }
  for (auto& [name, span] : roots_) {
    span.attributes = {{"url.full", base::redact_url(name.second)}, {"freshet.source", name.first}};
    source(name.first, span.ended = run_.ended);
    exporter_->push(std::move(span));
  }
  for (auto& [name, span] : sources_) exporter_->push(std::move(span));
  if (delivery_) exporter_->push(*std::move(delivery_));
  if (!result) {
    run_.error = clean(result.error());
  } else {
    run_.attributes["freshet.cancelled"] = result->cancelled;
    if (!result->errors.empty()) run_.error = clean(result->errors.front());
  }
  exporter_->push(std::move(run_));
}

std::unique_ptr<RunTrace> trace_run(const std::shared_ptr<Exporter>& exporter,
                                    std::optional<TraceContext> context,
                                    const std::string& name_space) {
  if (exporter == nullptr) return nullptr;
  return std::make_unique<RunTrace>(exporter, std::move(context), name_space);
}

sync::ActivitySink activities_of(RunTrace* trace) {
  if (trace == nullptr || !trace->sampled()) return {};
  return [trace](const sync::Activity& activity) { trace->take(activity); };
}

}  // namespace freshet::telemetry
