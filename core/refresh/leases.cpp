#include "core/refresh/leases.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <random>

namespace freshet::refresh {
namespace {

constexpr base::Millis lease_time{60'000};
constexpr int renew_seconds = 15;

base::Digest random_owner() {
  std::random_device random;
  base::DigestBuilder builder;
  for (int i = 0; i < 4; ++i) builder.add(std::uint64_t{random()});
  return builder.add(static_cast<std::uint64_t>(::getpid())).finish();
}

}  // namespace

Leases::Leases(repository::Repository& repository, base::Instant run_started,
               std::function<void()> every_second)
    : repository_(repository),
      run_started_(run_started),
      owner_(random_owner()),
      delivery_(base::digest_of("freshet:delivery")),
      every_second_(std::move(every_second)),
      keeper_([this] { keep(); }) {}

Leases::~Leases() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  keeper_.join();
  std::vector<repository::Lease> left;
  for (const auto& [root, fence] : held_) left.push_back({root, fence});
  if (left.empty()) return;
  // Failing is harmless: the lease of a run that is gone, or past its time, holds nobody up.
  (void)repository_.write([&](repository::Writer& writer) { return writer.release(left, owner_); });
}

base::Result<std::vector<Claim>> Leases::claim(std::span<const base::Digest> roots) {
  std::vector<Claim> claims(roots.size(), Claim::mine);
  std::vector<base::Digest> wanted;
  std::vector<std::size_t> places;
  {
    std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < roots.size(); ++i) {
      if (!held_.emplace(roots[i], 0).second) {
        claims[i] = Claim::in_work;
        continue;
      }
      wanted.push_back(roots[i]);
      places.push_back(i);
    }
  }
  if (wanted.empty()) return claims;
  std::vector<repository::Writer::Grant> grants;
  base::Status status = repository_.write([&](repository::Writer& writer) -> base::Status {
    FRESHET_ASSIGN(grants, writer.lease(wanted, owner_, lease_time, run_started_));
    return {};
  });
  std::lock_guard lock(mutex_);
  if (!status) {
    for (const base::Digest& root : wanted) held_.erase(root);
    return base::fail(std::move(status).error());
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (grants[i].fence != 0) {
      held_[wanted[i]] = grants[i].fence;
      continue;
    }
    held_.erase(wanted[i]);
    claims[places[i]] = grants[i].done_by_other ? Claim::done : Claim::busy;
  }
  return claims;
}

repository::Holder Leases::holder(const base::Digest& root) const {
  std::lock_guard lock(mutex_);
  const auto found = held_.find(root);
  return {owner_, found == held_.end() ? 0 : found->second};
}

void Leases::forget(const base::Digest& root) {
  std::lock_guard lock(mutex_);
  held_.erase(root);
}

void Leases::release(const base::Digest& root) {
  const repository::Lease lease{root, holder(root).fence};
  forget(root);
  (void)repository_.write([&](repository::Writer& writer) {
    return writer.release({&lease, 1}, owner_);
  });
}

base::Result<bool> Leases::claim_delivery() {
  const base::Millis asked = repository_.clock().monotonic();
  FRESHET_ASSIGN(const std::vector<Claim> claims, claim({&delivery_, 1}));
  if (claims.front() != Claim::mine) return false;
  std::lock_guard lock(mutex_);
  delivery_until_ = asked + lease_time;
  return true;
}

bool Leases::delivers() const {
  const base::Millis now = repository_.clock().monotonic();
  std::lock_guard lock(mutex_);
  return held_.contains(delivery_) && now < delivery_until_;
}

repository::Lease Leases::delivery() const { return {delivery_, holder(delivery_).fence}; }

base::Status Leases::require_delivery(repository::Writer& writer) const {
  return writer.require(delivery(), owner_);
}

void Leases::release_delivery() { release(delivery_); }

void Leases::keep() {
  std::unique_lock lock(mutex_);
  for (int second = 1; !ending_; ++second) {
    wake_.wait_for(lock, std::chrono::seconds(1), [&] { return ending_; });
    if (ending_) return;
    std::vector<repository::Lease> leases;
    if (second % renew_seconds == 0)
      for (const auto& [root, fence] : held_)
        if (fence != 0) leases.push_back({root, fence});
    lock.unlock();
    every_second_();
    if (!leases.empty()) renew(leases);
    lock.lock();
  }
}

// A renewal that fails is not the end: the commit's fence decides.
void Leases::renew(const std::vector<repository::Lease>& leases) {
  const base::Millis asked = repository_.clock().monotonic();
  bool delivery_kept = false;
  const base::Status status = repository_.write([&](repository::Writer& writer) {
    (void)writer.renew(leases, owner_, lease_time);  // one that was lost undoes no other
    delivery_kept = false;
    for (const repository::Lease& lease : leases)
      delivery_kept |= lease.root == delivery_ && writer.require(lease, owner_);
    return base::Status{};
  });
  if (!status || !delivery_kept) return;
  std::lock_guard lock(mutex_);
  delivery_until_ = std::max(delivery_until_, asked + lease_time);
}

}  // namespace freshet::refresh
