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

base::Result<std::shared_ptr<query::Searcher>> LastSearcher::open(const sync::Context& context,
                                                                  repository::TargetNumber target) {
  FRESHET_ASSIGN(auto known, query::Searcher::find(context.repository, target));
  const std::lock_guard lock(mutex_);
  if (searcher_ && target_ && known.number == target_->number && known.suffix == target_->suffix &&
      sync::same_target(known.live, target_->live))
    return searcher_;
  FRESHET_ASSIGN(auto opened, query::Searcher::open(context.repository, context.catalog, known));
  searcher_ = std::move(opened);
  target_ = std::move(known);
  return searcher_;
}

// A store that is damaged is not kept open: who repairs it needs it for itself.
base::Result<query::Answer> LastSearcher::ask(const sync::Context& context,
                                              const query::Query& query,
                                              const base::Cancel& cancel) {
  auto answer = [&]() -> base::Result<query::Answer> {
    FRESHET_ASSIGN(const auto with, open(context, query.target));
    return with->run(query, cancel);
  }();
  if (!answer && answer.error().code == base::Code::corrupt) close();
  return answer;
}

// Rows of another embedder that have taken the place of those it was opened for look like damage. They
// are there a moment before the repository says so.
base::Result<query::Answer> LastSearcher::run(const sync::Context& context,
                                              const query::Query& query,
                                              const base::Cancel& cancel) {
  const auto is_damage = [](const base::Result<query::Answer>& answer) {
    return !answer && answer.error().code == base::Code::corrupt;
  };
  auto answer = ask(context, query, cancel);
  if (!is_damage(answer)) return answer;
  const auto known = query::Searcher::find(context.repository, query.target);
  const bool rebuilt = known && known->newest.under_way();
  answer = ask(context, query, cancel);
  if (!is_damage(answer) || !rebuilt) return answer;
  return base::fail(base::Code::busy, "is being rebuilt: ask again in a moment",
                    "namespace " + context.repository.name_space());
}

void LastSearcher::close() {
  const std::lock_guard lock(mutex_);
  searcher_.reset();
}

}  // namespace freshet::service
