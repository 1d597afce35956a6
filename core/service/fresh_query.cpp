#include "core/service/fresh_query.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "core/base/file_size_signal.hpp"
#include "core/host/redactor.hpp"
#include "core/model/document.hpp"
#include "core/sync/engine.hpp"
#include "core/sync/leases.hpp"
#include "core/sync/sources.hpp"

namespace freshet::service {
namespace {

using base::Result;
using base::Status;
using query::Answer;
using query::Freshness;
using sync::Outcome;

// An answer that was asked again may name other roots; sooner or later that has to end.
constexpr int most_rounds = 3;
constexpr base::Millis look_again{20};  // at what another run has in work
constexpr base::Millis begins{500};     // a run that has committed begins to deliver

// What became of a root that was asked for.
struct Said {
  Outcome outcome = Outcome::skipped;
  std::string why;  // it is not confirmed
};

// What a person is told of an event; empty: the root is confirmed.
std::string why_of(const sync::Event& event) {
  switch (event.outcome) {
    case Outcome::refreshed:
    case Outcome::unchanged:
      return "";
    case Outcome::removed:
      return "its source does not have it any more";
    default:
      return event.message.empty() ? event.reason : event.message;
  }
}

class FreshQuery {
 public:
  FreshQuery(Session& session, const query::Query& query, const Demand& demand,
             const base::Cancel& cancel)
      : session_(session),
        query_(query),
        demand_(demand),
        cancel_(cancel),
        since_(clock().now() + -demand.max_age),
        end_(clock().monotonic() + demand.deadline) {}

  Result<Answer> run() {
    for (int round = 0;; ++round) {
      FRESHET_ASSIGN(Answer answer, session_.searcher.run(session_.context(), query_, cancel_));
      const std::vector<std::string> roots = too_old(answer);
      if (roots.empty() || round == most_rounds || is_late()) {
        FRESHET_TRY(mark(answer));
        return answer;
      }
      FRESHET_TRY(ask(roots));
      if (cancel_.requested()) return base::fail(base::Code::cancelled, "the query was cancelled");
    }
  }

 private:
  const ports::Clock& clock() const { return session_.repository->clock(); }
  bool is_late() const { return clock().monotonic() >= end_; }
  // A time that a clock which was ahead left behind proves nothing.
  bool is_confirmed(base::Instant checked) const {
    return checked >= since_ && checked <= clock().now();
  }

  // The roots of hits that are to be asked for, and were not yet.
  std::vector<std::string> too_old(const Answer& answer) {
    std::vector<std::string> roots;
    for (std::size_t i = 0; i < answer.hits.size(); ++i)
      if (!is_confirmed(answer.freshness[i].checked) && asked_.insert(answer.hits[i].uri).second)
        roots.push_back(answer.hits[i].uri);
    return roots;
  }

  Status ask(const std::vector<std::string>& roots) {
    FRESHET_ASSIGN(const sync::RunConfig config, config_for(roots));
    if (config.only.roots.empty()) return {};
    const base::Cancel cancel([this] { return cancel_.requested() || is_late(); });
    const auto report = sync::run(
        session_.context(), config, [this](const sync::Event& event) { hear(event); }, cancel);
    if (!report) {  // the answer stands, and says what it lacks
      const base::Error error = host::redactor().clean(report.error());
      for (const std::string& uri : config.only.roots)
        said_[host::redactor().clean(uri)] = {Outcome::failed, base::to_string(error)};
    }
    FRESHET_TRY(wait_for_others(config.only.roots));
    return wait_for_rows();
  }

  // A run that is restricted to these, through the sources that have them.
  Result<sync::RunConfig> config_for(const std::vector<std::string>& roots) {
    sync::RunConfig config = demand_.config;
    config.force = config.dry_run = config.rebuild = config.accept_shrink = false;
    config.on_change = sync::OnChange::refuse;
    config.on_new_fingerprint = sync::OnNewFingerprint::reread;
    config.confirm_since = since_;
    config.only = {};
    FRESHET_ASSIGN(const auto sources,
                   sync::describe_sources(sync::offer_of(session_.context()), config));
    FRESHET_ASSIGN(const repository::Snapshot snapshot, session_.repository->read());
    std::set<std::string> names;
    for (const std::string& uri : roots) {
      bool found = false;
      for (const sync::DescribedSource& source : sources) {
        FRESHET_ASSIGN(const bool member, snapshot.is_member(source.id, model::root_id(uri)));
        if (member) names.insert(source.name);
        found |= member;
      }
      if (found)
        config.only.roots.push_back(uri);
      else
        said_[host::redactor().clean(uri)] = {Outcome::skipped,
                                              "no source of the configuration has it"};
    }
    config.only.sources.assign(names.begin(), names.end());
    return config;
  }

  void hear(const sync::Event& event) {
    if (event.kind != sync::EventKind::root_done) return;
    said_[event.uri] = {event.outcome, why_of(event)};  // one event at a time
  }

  // What another run has in work is as good when that is done.
  Status wait_for_others(const std::vector<std::string>& roots) {
    for (const std::string& uri : roots) {
      const auto said = said_.find(host::redactor().clean(uri));
      if (said == said_.end() || said->second.outcome != Outcome::busy) continue;
      while (!is_late() && !cancel_.requested()) {
        FRESHET_ASSIGN(const bool in_work, is_in_work(uri));
        if (!in_work) break;
        session_.repository->machine().executor.pause(look_again);
      }
    }
    return {};
  }

  // Rows that another run delivers are as good once the store has them.
  Status wait_for_rows() {
    const base::Millis begun = clock().monotonic();
    while (!is_late() && !cancel_.requested()) {
      FRESHET_ASSIGN(const bool delivers, is_delivered());
      if (!delivers && clock().monotonic() - begun >= begins) break;
      FRESHET_ASSIGN(const bool pending, has_pending());
      if (!pending) break;
      session_.repository->machine().executor.pause(look_again);
    }
    return {};
  }

  // The target that the query asks.
  Result<repository::TargetNumber> target(const repository::Snapshot& snapshot) const {
    if (query_.target != 0) return query_.target;
    FRESHET_ASSIGN(const auto searched, snapshot.searched());
    return searched ? searched->number : repository::main_target;
  }

  Result<bool> has_pending() const {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, session_.repository->read());
    FRESHET_ASSIGN(const repository::TargetNumber number, target(snapshot));
    FRESHET_ASSIGN(const std::uint64_t rows, snapshot.count_deliveries(number));
    return rows > 0;
  }

  Result<bool> is_delivered() const {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, session_.repository->read());
    FRESHET_ASSIGN(const repository::TargetNumber number, target(snapshot));
    FRESHET_ASSIGN(const auto lease, snapshot.lease(sync::delivery_lease(number)));
    return lease.has_value();
  }

  Result<bool> is_in_work(const std::string& uri) const {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, session_.repository->read());
    FRESHET_ASSIGN(const auto lease, snapshot.lease(model::root_id(uri)));
    return lease.has_value();
  }

  Status mark(Answer& answer) {
    for (std::size_t i = 0; i < answer.hits.size(); ++i) {
      FRESHET_ASSIGN(answer.freshness[i].unconfirmed,
                     why_unconfirmed(answer.hits[i].uri, answer.freshness[i]));
    }
    return {};
  }

  Result<std::string> why_unconfirmed(const std::string& uri, const Freshness& freshness) const {
    const auto said = said_.find(host::redactor().clean(uri));
    const std::string why = said == said_.end() ? "" : said->second.why;
    if (!is_confirmed(freshness.checked)) {
      if (!why.empty()) return why;
      return why_not_asked(uri);
    }
    if (said != said_.end() && said->second.outcome == Outcome::skipped) return why;  // declined
    if (!freshness.is_newest) return "its content has changed, and the store does not have it yet";
    return "";
  }

  Result<std::string> why_not_asked(const std::string& uri) const {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, session_.repository->read());
    FRESHET_ASSIGN(const auto root, snapshot.root(model::root_id(uri)));
    if (!root) return "its source does not have it any more";
    if (is_late())
      return fmt::format("was not confirmed within {}", base::format_duration(demand_.deadline));
    if (root->failures > 0) return "was not asked for again yet, after " + std::string(root->error);
    return "was not asked for";
  }

  Session& session_;
  const query::Query& query_;
  const Demand& demand_;
  const base::Cancel& cancel_;
  const base::Instant since_;
  const base::Millis end_;
  std::set<std::string> asked_;
  std::map<std::string, Said> said_;  // by URIs as they are shown
};

}  // namespace

Result<Answer> run_fresh(Session& session, const query::Query& query, const Demand& demand,
                         const base::Cancel& cancel) {
  if (session.repository->read_only())
    return base::fail(base::Code::unsupported, "needs a repository that is open for writing",
                      "max_age");
  const base::BlockFileSizeSignal block;  // the threads of its runs inherit it
  return FreshQuery(session, query, demand, cancel).run();
}

}  // namespace freshet::service
