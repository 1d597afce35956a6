// cli/interrupt.hpp - SIGINT and SIGTERM stop the calls that are under way; the second one ends the
// program at once.
#pragma once

#include <freshet/freshet.hpp>
#include <thread>

namespace freshet::cli {

void catch_signals();

// The first signal has come.
bool interrupted();
// Its number; 0: none has.
int interrupted_by();

// Readable from then on; not to be read. -1: there was none to be had.
int interrupt_descriptor();

// SIGHUP is for the program from now on, and no longer its end.
void catch_hangup();
// It has come since this was asked last.
bool take_hangup();

// Limits that the first signal makes use of, as long as this lives.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  const Limits& limits() const { return limits_; }

 private:
  void watch();

  Limits limits_;
  int done_ = -1;  // readable when the watch is over
  std::thread watch_;
};

}  // namespace freshet::cli
