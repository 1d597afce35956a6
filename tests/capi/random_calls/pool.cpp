#include "tests/capi/random_calls/pool.hpp"

#include <algorithm>

namespace freshet::random_calls {
namespace {

constexpr std::size_t most_freed = 64;

std::size_t most_live(Kind kind) {
  switch (kind) {
    case k_refresh:
      return 4;
    case k_service:
      return 2;
    case k_repository:
      return 6;
    default:
      return 24;
  }
}

}  // namespace

void free_as(Kind kind, void* handle) {
  switch (kind) {
    case k_error:
      return freshet_error_free(static_cast<freshet_error*>(handle));
    case k_repository:
      return freshet_repository_close(static_cast<freshet_repository*>(handle));
    case k_root:
      return freshet_root_free(static_cast<freshet_root*>(handle));
    case k_roots:
      return freshet_roots_free(static_cast<freshet_roots*>(handle));
    case k_chunks:
      return freshet_chunks_free(static_cast<freshet_chunks*>(handle));
    case k_element:
      return freshet_element_free(static_cast<freshet_element*>(handle));
    case k_document:
      return freshet_document_free(static_cast<freshet_document*>(handle));
    case k_reader:
      return freshet_reader_free(static_cast<freshet_reader*>(handle));
    case k_policy:
      return freshet_policy_free(static_cast<freshet_policy*>(handle));
    case k_service:
      return freshet_service_free(static_cast<freshet_service*>(handle));
    case k_refresh:
      return freshet_refresh_free(static_cast<freshet_refresh*>(handle));
    case k_hits:
      return freshet_hits_free(static_cast<freshet_hits*>(handle));
    case k_plugins:
      return freshet_plugins_free(static_cast<freshet_plugins*>(handle));
    case k_cancel:
      return freshet_cancel_free(static_cast<freshet_cancel*>(handle));
    case k_vectors:
      return freshet_vectors_free(static_cast<freshet_vectors*>(handle));
    case kind_count:
      return;
  }
}

void* Pool::put(Kind kind, void* handle, std::uint64_t random) {
  const std::lock_guard lock(mutex_);
  Shelf& shelf = shelves_[kind];
  shelf.live.push_back(handle);
  if (shelf.live.size() <= most_live(kind)) return nullptr;
  std::swap(shelf.live[random % shelf.live.size()], shelf.live.back());
  void* const out = shelf.live.back();
  shelf.live.pop_back();
  remember_freed(shelf, out);
  return out;
}

void* Pool::live(Kind kind, std::uint64_t random) {
  const std::lock_guard lock(mutex_);
  const auto& live = shelves_[kind].live;
  return live.empty() ? nullptr : live[random % live.size()];
}

void* Pool::freed(Kind kind, std::uint64_t random) {
  const std::lock_guard lock(mutex_);
  const auto& freed = shelves_[kind].freed;
  return freed.empty() ? nullptr : freed[random % freed.size()];
}

void Pool::forget(Kind kind, void* handle) {
  const std::lock_guard lock(mutex_);
  Shelf& shelf = shelves_[kind];
  if (std::erase(shelf.live, handle) > 0) remember_freed(shelf, handle);
}

void Pool::remember_freed(Shelf& shelf, void* handle) {
  if (shelf.freed.size() < most_freed) return shelf.freed.push_back(handle);
  shelf.freed[shelf.oldest] = handle;
  shelf.oldest = (shelf.oldest + 1) % most_freed;
}

void Pool::free_all() {
  for (int kind = 0; kind < kind_count; ++kind) {
    std::vector<void*> left;
    {
      const std::lock_guard lock(mutex_);
      left.swap(shelves_[static_cast<std::size_t>(kind)].live);
    }
    for (void* handle : left) free_as(static_cast<Kind>(kind), handle);
  }
}

}  // namespace freshet::random_calls
