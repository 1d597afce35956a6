// core/conformance/lent_memory.hpp - arguments of one call, on pages that nobody can read when it is
// over.
#pragma once

#include <csignal>
#include <cstddef>
#include <string_view>
#include <vector>

namespace freshet::conformance {

class LentMemory {
 public:
  LentMemory() = default;
  ~LentMemory();  // from now on whoever reads them is ended by a signal
  LentMemory(const LentMemory&) = delete;
  LentMemory& operator=(const LentMemory&) = delete;

  const char* text(std::string_view text);
  template <typename T>
  const T* value(const T& value) {
    return static_cast<const T*>(copy(&value, sizeof value));
  }

 private:
  struct Page {
    void* begin;
    std::size_t size;
  };
  void* copy(const void* from, std::size_t size);
  std::vector<Page> pages_;
};

// As long as this lives, the signal of one who reads such a page says what it is on standard error.
class LateReads {
 public:
  LateReads();
  ~LateReads();
  LateReads(const LateReads&) = delete;
  LateReads& operator=(const LateReads&) = delete;

 private:
  struct sigaction before_ {};
};

}  // namespace freshet::conformance
