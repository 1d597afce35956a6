#include "core/sync/leases.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/repository/gone_owners.hpp"

namespace freshet::sync {
namespace {

constexpr base::Millis lease_time{60'000};
constexpr int renew_seconds = 15;

base::Digest random_owner(ports::Random& random) {
  return base::DigestBuilder().add(random.draw()).add(random.draw()).finish();
}

}  // namespace

base::Digest delivery_lease(repository::TargetNumber target) {
  if (target == repository::main_target) return base::digest_of("freshet:delivery");
  return base::digest_of(fmt::format("freshet:delivery:{}", target));
}

Leases::Leases(repository::Repository& repository, base::Instant run_started,
               std::function<void()> every_second)
    : repository_(repository),
      run_started_(run_started),
      owner_(random_owner(repository.machine().random)),
      every_second_(std::move(every_second)),
      wake_(repository.machine().executor.condition()),
      keeper_(repository.machine().executor.task()) {}

base::Status Leases::start() {
  return keeper_->start("freshet-leases", [this] { keep(); });
}

Leases::~Leases() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_->notify_all();
  keeper_->join();
  // Failing is harmless: the lease of a run that is gone, or past its time, holds nobody up.
  (void)base::guarded([&]() -> base::Status {
    std::vector<repository::Lease> left;
    for (const auto& [root, fence] : held_) left.push_back({root, fence});
    if (left.empty()) return {};
    return repository_.write(
        [&](repository::Writer& writer) { return writer.release(left, owner_); });
  });
  repository::mark_gone(owner_);  // also where that failed
}

// Roots that are being claimed; those that were not granted in the end are not held.
struct Leases::Marks {
  explicit Marks(Leases& owner) : of(owner) {}
  ~Marks() {
    std::lock_guard lock(of.mutex_);
    for (const base::Digest& root : roots)
      if (const auto found = of.held_.find(root); found != of.held_.end() && found->second == 0)
        of.held_.erase(found);
  }
  Marks(const Marks&) = delete;
  Marks& operator=(const Marks&) = delete;

  Leases& of;
  std::vector<base::Digest> roots;
};

base::Result<std::vector<Claim>> Leases::claim(std::span<const base::Digest> roots,
                                               std::span<const base::Instant> seen) {
  std::vector<Claim> claims(roots.size(), Claim::mine);
  std::vector<std::size_t> places;
  std::vector<base::Instant> seen_here;
  Marks wanted(*this);
  wanted.roots.reserve(roots.size());
  places.reserve(roots.size());
  {
    std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < roots.size(); ++i) {
      if (!held_.emplace(roots[i], 0).second) {
        claims[i] = Claim::in_work;
        continue;
      }
      wanted.roots.push_back(roots[i]);
      places.push_back(i);
      if (!seen.empty()) seen_here.push_back(seen[i]);
    }
  }
  if (wanted.roots.empty()) return claims;
  std::vector<repository::Writer::Grant> grants;
  FRESHET_TRY(repository_.write([&](repository::Writer& writer) -> base::Status {
    FRESHET_ASSIGN(grants, writer.lease(wanted.roots, owner_, lease_time, run_started_, seen_here));
    return {};
  }));
  std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (grants[i].fence != 0)
      held_.find(wanted.roots[i])->second = grants[i].fence;
    else
      claims[places[i]] = grants[i].done_by_other ? Claim::done : Claim::busy;
  }
  return claims;
}

repository::Holder Leases::holder(const base::Digest& root) const {
  std::lock_guard lock(mutex_);
  const auto found = held_.find(root);
  return {owner_, found == held_.end() ? 0 : found->second};
}

void Leases::forget(const base::Digest& root) noexcept {
  std::lock_guard lock(mutex_);
  held_.erase(root);
}

void Leases::release(const base::Digest& root) noexcept {
  const repository::Lease lease{root, holder(root).fence};
  forget(root);
  (void)base::guarded([&] {
    return repository_.write([&](repository::Writer& writer) {
      return writer.release({&lease, 1}, owner_);
    });
  });
}

base::Result<bool> Leases::claim_delivery(TargetNumber target) {
  const base::Millis asked = repository_.clock().monotonic();
  const base::Digest lease = delivery_lease(target);
  FRESHET_ASSIGN(const std::vector<Claim> claims, claim({&lease, 1}));
  if (claims.front() != Claim::mine) return false;
  std::lock_guard lock(mutex_);
  delivery_until_[lease] = asked + lease_time;
  return true;
}

bool Leases::delivers(TargetNumber target) const {
  const base::Millis now = repository_.clock().monotonic();
  const base::Digest lease = delivery_lease(target);
  std::lock_guard lock(mutex_);
  const auto until = delivery_until_.find(lease);
  return held_.contains(lease) && until != delivery_until_.end() && now < until->second;
}

repository::Lease Leases::delivery(TargetNumber target) const {
  const base::Digest lease = delivery_lease(target);
  return {lease, holder(lease).fence};
}

base::Status Leases::require_delivery(repository::Writer& writer, TargetNumber target) const {
  return writer.require(delivery(target), owner_);
}

void Leases::release_delivery(TargetNumber target) noexcept { release(delivery_lease(target)); }

void Leases::keep() {
  ports::Lock lock(mutex_);
  for (int second = 1; !ending_; ++second) {
    if (wake_->wait_for(lock, base::Millis(1000), [&] { return ending_; })) return;
    lock.unlock();
    // A renewal that fails is not the end: the commit's fence decides.
    (void)base::guarded([&]() -> base::Status {
      every_second_();
      return second % renew_seconds == 0 ? renew() : base::Status{};
    });
    lock.lock();
  }
}

base::Status Leases::renew() {
  std::vector<repository::Lease> leases;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [root, fence] : held_)
      if (fence != 0) leases.push_back({root, fence});
  }
  if (leases.empty()) return {};
  const base::Millis asked = repository_.clock().monotonic();
  std::unordered_map<base::Digest, base::Millis> deliveries;
  {
    std::lock_guard lock(mutex_);
    deliveries = delivery_until_;
  }
  std::vector<base::Digest> kept;
  FRESHET_TRY(repository_.write([&](repository::Writer& writer) {
    (void)writer.renew(leases, owner_, lease_time);  // one that was lost undoes no other
    kept.clear();
    for (const repository::Lease& lease : leases)
      if (deliveries.contains(lease.root) && writer.require(lease, owner_))
        kept.push_back(lease.root);
    return base::Status{};
  }));
  std::lock_guard lock(mutex_);
  for (const base::Digest& lease : kept)
    delivery_until_[lease] = std::max(delivery_until_[lease], asked + lease_time);
  return {};
}

}  // namespace freshet::sync
