// core/read/arena.hpp - memory for one parse, with a budget that ends the parse.
//
// The C parsers below the readers take an allocator and check nothing it returns. An Arena gives
// them memory in steps, frees it all at once (gumbo's own freeing is recursive and slow), and,
// being called all the time, is where a parse that outgrows its budget is stopped: it jumps back to
// where run() was called. Only C frames lie between, so nothing is skipped that needs a destructor.
// One thread at a time.
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/read/memory.hpp"

namespace freshet::read {

// 2 s and 1 s for every MiB of input.
std::int64_t cpu_budget_ms(std::size_t input_bytes);

class Arena {
 public:
  // `cpu_ms`: of this thread; `memory`: the share that the parse draws on; it must outlive the arena.
  Arena(std::int64_t cpu_ms, Share& memory);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Calls `parse(context)`, C code that allocates from this arena. Fails with Code::limit where the
  // budget ran out, or out_of_memory.
  base::Status run(void (*parse)(void* context), void* context, const std::string& subject);

  // Never returns null. Below run() it jumps out instead; elsewhere there is no budget, and it
  // throws std::bad_alloc: cmark also allocates when its tree is read.
  void* allocate(std::size_t size);
  void* allocate_zeroed(std::size_t size);
  void* resize(void* old, std::size_t old_size, std::size_t size);
  // Takes back the newest block only; the rest goes with the arena.
  void release(void* block);

 private:
  enum class Stop { none, bytes, time, memory };

  void* grow(std::size_t size);
  void check_time();
  void stop(Stop why);  // returns only where no budget holds

  struct Large {
    void* block;
    std::size_t size;
  };

  const std::int64_t cpu_ms_;
  Share& memory_;
  std::vector<void*> blocks_;  // all of one size, given back to be used again
  std::vector<Large> large_;
  char* at_ = nullptr;
  char* end_ = nullptr;
  char* newest_ = nullptr;
  std::size_t drawn_ = 0;  // from the share
  std::uint32_t until_clock_ = 0;
  std::int64_t deadline_ms_ = 0;
  Stop stop_ = Stop::none;
  bool running_ = false;
  std::jmp_buf escape_;
};

}  // namespace freshet::read
