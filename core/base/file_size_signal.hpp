// core/base/file_size_signal.hpp - a write beyond the limit on the size of a file is an error.
//
// Such a write raises SIGXFSZ, which ends the process unless it is ignored. A library leaves the
// handlers of its host alone, so the signal is blocked, on the calling thread only, and what the
// write raised is taken back before the mask is restored. Threads that start meanwhile inherit the
// mask and keep it.
#pragma once

#include <csignal>

namespace freshet::base {

class BlockFileSizeSignal {
 public:
  BlockFileSizeSignal() noexcept;
  ~BlockFileSizeSignal();
  BlockFileSizeSignal(const BlockFileSizeSignal&) = delete;
  BlockFileSizeSignal& operator=(const BlockFileSizeSignal&) = delete;

 private:
  bool blocked_ = false;  // by this object, not by its host or by an outer one
};

}  // namespace freshet::base
