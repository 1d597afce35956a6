#include "core/service/session.hpp"

#include "core/sync/target.hpp"

namespace freshet::service {

void NamedPolicies::set(const std::string& name, policy::PolicyPtr policy) {
  const std::lock_guard lock(mutex_);
  if (policy != nullptr)
    policies_.insert_or_assign(name, std::move(policy));
  else
    policies_.erase(name);
}

policy::NamedPolicies NamedPolicies::all() const {
  const std::lock_guard lock(mutex_);
  return policies_;
}

base::Result<std::shared_ptr<query::Searcher>> LastSearcher::open(const sync::Context& context) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
  FRESHET_ASSIGN(auto target, snapshot.target());
  const std::lock_guard lock(mutex_);
  if (searcher_ && target && target_ && sync::same_target(*target, *target_)) return searcher_;
  FRESHET_ASSIGN(auto opened, query::Searcher::open(context.repository, context.catalog));
  searcher_ = std::move(opened);
  target_ = std::move(target);
  return searcher_;
}

// A store that is damaged is not kept open: who repairs it needs it for itself.
base::Result<query::Answer> LastSearcher::run(const sync::Context& context,
                                              const query::Query& query,
                                              const base::Cancel& cancel) {
  auto answer = [&]() -> base::Result<query::Answer> {
    FRESHET_ASSIGN(const auto with, open(context));
    return with->run(query, cancel);
  }();
  if (!answer && answer.error().code == base::Code::corrupt) close();
  return answer;
}

void LastSearcher::close() {
  const std::lock_guard lock(mutex_);
  searcher_.reset();
}

}  // namespace freshet::service
