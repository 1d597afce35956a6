#include "core/telemetry/run_trace.hpp"

#include <fmt/format.h>

#include "core/base/redact.hpp"
#include "core/host/redactor.hpp"
#include "core/ports/random.hpp"

namespace freshet::telemetry {
namespace {

using base::Instant;
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
      if (!delivery_) delivery_ = child(run_.id, "freshet deliver", event.at);
      delivery_->ended = event.at;
      delivery_->attributes["freshet.rows"] = event.done;
      delivery_->attributes["freshet.pending"] = event.total;
      return;
    default:
      return;
  }
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

}  // namespace freshet::telemetry
