// core/service/waits.hpp - who waits for which run, so that no run ever waits for itself.
//
// A callback of run A that waits for run B keeps A from ending until B has. Every wait made on a
// thread of a run is noted for as long as it lasts; one that would close a circle, of one run or of
// several, is refused. Threads know their run as base::current_task().
#pragma once

#include <cstdint>

namespace freshet::service {

// A number for a run that no other of this process has.
std::uint64_t new_run_number();

// A wait of the calling thread for `run`. Needs no memory.
class Wait {
 public:
  explicit Wait(std::uint64_t run);
  ~Wait();
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

  bool allowed() const { return allowed_; }  // false: it would wait for itself

 private:
  static bool reaches(std::uint64_t from, std::uint64_t to);

  const std::uint64_t by_, for_;
  bool allowed_ = true;
  Wait* previous_ = nullptr;
  Wait* next_ = nullptr;
};

}  // namespace freshet::service
