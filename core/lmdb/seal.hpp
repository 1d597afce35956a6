// core/lmdb/seal.hpp - knowing that a data file is as freshet left it, and who else has it
// open.
//
// The file `freshet.seal` beside the data holds, after a clean close, the data file's inode, size,
// modification time and last commit. While they agree, nobody but us has written to the data, and
// it need not be read through before use. Its locks say who is there: everybody who has the
// environment open holds it shared; who can have it alone is the first to open, or the last to
// close.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/error.hpp"
#include "core/base/trust.hpp"

namespace freshet::lmdb {

class Seal {
 public:
  // Opens or creates the seal of `directory`, and locks it: alone where possible, else shared.
  // Waits while another process opens the environment. A directory that cannot be written to has no
  // locks; its data is taken to be used by nobody else.
  static base::Result<Seal> lock(const std::string& directory, bool writable,
                                 const base::TrustRules& rules);
  Seal(Seal&& other) noexcept;
  Seal& operator=(Seal&&) = delete;
  ~Seal();

  bool alone() const { return alone_; }
  void share();      // others may open now
  bool try_alone();  // true where nobody else has it open
  bool intact(int data_file, std::uint64_t txnid) const;
  // Marks the data file, with a modification time that no ordinary write leaves behind.
  void stamp(int data_file, std::uint64_t txnid);
  void abandon() { file_ = -1; }  // in a forked child: the lock is the parent's

 private:
  Seal(int file, bool alone) : file_(file), alone_(alone) {}
  int file_;
  bool alone_;
};

}  // namespace freshet::lmdb
