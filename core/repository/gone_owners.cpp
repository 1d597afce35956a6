#include "core/repository/gone_owners.hpp"

#include <algorithm>
#include <array>
#include <mutex>

namespace freshet::repository {
namespace {

struct Gone {
  std::mutex mutex;
  std::array<base::Digest, 256> owners{};
  std::size_t next = 0;
};

constinit Gone all;

}  // namespace

void mark_gone(const base::Digest& owner) noexcept {
  const std::lock_guard lock(all.mutex);
  all.owners[all.next++ % all.owners.size()] = owner;
}

bool is_gone(const base::Digest& owner) noexcept {
  const std::lock_guard lock(all.mutex);
  return std::find(all.owners.begin(), all.owners.end(), owner) != all.owners.end();
}

}  // namespace freshet::repository
