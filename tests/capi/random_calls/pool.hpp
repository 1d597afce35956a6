// tests/capi/random_calls/pool.hpp - the handles that all threads share: live ones, and the last
// that were freed.
//
// A handle that was put here may be freed by any thread at any moment, so nobody reads texts that
// it lends. Whoever made a handle looks at them before.
#pragma once

#include <freshet/freshet.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace freshet::random_calls {

enum Kind {
  k_error,
  k_repository,
  k_root,
  k_roots,
  k_chunks,
  k_element,
  k_document,
  k_reader,
  k_policy,
  k_refresh,
  k_hits,
  k_plugins,
  k_cancel,
  k_vectors,
  k_service,
  kind_count
};

template <typename T>
inline constexpr Kind kind_of = kind_count;
template <>
inline constexpr Kind kind_of<freshet_error> = k_error;
template <>
inline constexpr Kind kind_of<freshet_repository> = k_repository;
template <>
inline constexpr Kind kind_of<freshet_root> = k_root;
template <>
inline constexpr Kind kind_of<freshet_roots> = k_roots;
template <>
inline constexpr Kind kind_of<freshet_chunks> = k_chunks;
template <>
inline constexpr Kind kind_of<freshet_element> = k_element;
template <>
inline constexpr Kind kind_of<freshet_document> = k_document;
template <>
inline constexpr Kind kind_of<freshet_reader> = k_reader;
template <>
inline constexpr Kind kind_of<freshet_policy> = k_policy;
template <>
inline constexpr Kind kind_of<freshet_refresh> = k_refresh;
template <>
inline constexpr Kind kind_of<freshet_hits> = k_hits;
template <>
inline constexpr Kind kind_of<freshet_plugins> = k_plugins;
template <>
inline constexpr Kind kind_of<freshet_cancel> = k_cancel;
template <>
inline constexpr Kind kind_of<freshet_vectors> = k_vectors;
template <>
inline constexpr Kind kind_of<freshet_service> = k_service;

// Frees whatever `handle` is taken for.
void free_as(Kind kind, void* handle);

class Pool {
 public:
  // Returns a handle that has to make room, or null.
  void* put(Kind kind, void* handle, std::uint64_t random);
  void* live(Kind kind, std::uint64_t random);  // null: there is none
  void* freed(Kind kind, std::uint64_t random);
  void forget(Kind kind, void* handle);  // it is about to be freed
  void free_all();

 private:
  struct Shelf {
    std::vector<void*> live, freed;
    std::size_t oldest = 0;
  };
  void remember_freed(Shelf& shelf, void* handle);
  std::mutex mutex_;
  std::array<Shelf, kind_count> shelves_;
};

}  // namespace freshet::random_calls
