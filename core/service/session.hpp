// core/service/session.hpp - an open repository, and what its runs and queries share.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/policy/policy.hpp"
#include "core/query/query.hpp"
#include "core/service/runtime.hpp"
#include "core/sync/context.hpp"
#include "core/telemetry/exporter.hpp"

namespace freshet::service {

// Policies that configurations refer to by a name. Thread-safe.
class NamedPolicies {
 public:
  void set(const std::string& name, policy::PolicyPtr policy);  // null: removes it
  policy::NamedPolicies all() const;

 private:
  mutable std::mutex mutex_;
  policy::NamedPolicies policies_;
};

// The store and the embedder that queries use, kept open between them until the repository is
// delivered to others. Thread-safe.
class LastSearcher {
 public:
  base::Result<query::Answer> run(const sync::Context& context, const query::Query& query,
                                  const base::Cancel& cancel);
  void close();

 private:
  base::Result<query::Answer> ask(const sync::Context& context, const query::Query& query,
                                  const base::Cancel& cancel);
  base::Result<std::shared_ptr<query::Searcher>> open(const sync::Context& context,
                                                      repository::TargetNumber target);

  std::mutex mutex_;
  std::shared_ptr<query::Searcher> searcher_;
  std::optional<repository::KnownTarget> target_;  // what it was opened for
};

// Thread-safe.
struct Session {
  std::shared_ptr<Runtime> runtime;
  std::shared_ptr<repository::Repository> repository;
  NamedPolicies policies;
  LastSearcher searcher;
  std::shared_ptr<telemetry::Exporter> telemetry;  // null: nobody asked for it

  sync::Context context() const { return {*repository, runtime->plugins(), runtime->http()}; }
};

}  // namespace freshet::service
