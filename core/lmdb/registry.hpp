// core/lmdb/registry.hpp - which environments this process has open.
//
// LMDB must not open one file twice in a process: its locks would be lost with the first close. So
// every file is looked up by device and inode, and whoever comes second shares what the first
// opened. Any thread may call.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>

#include "core/lmdb/environment.hpp"
#include "core/lmdb/write_queue.hpp"
#include "core/ports/machine.hpp"

namespace freshet::lmdb {

// An environment, and the one thread that writes to it, of everybody who has it open.
class SharedEnvironment : public Environment {
 public:
  // Everybody writes on one task, of the machine that the first one brought.
  static base::Result<std::shared_ptr<SharedEnvironment>> open(const std::string& directory,
                                                               const Options& options,
                                                               const ports::Machine& machine = {});
  ~SharedEnvironment();

  WriteQueue& writer() { return *writer_; }

 private:
  friend struct EnvironmentRegistry;
  SharedEnvironment(std::string directory, Seal seal, bool writable, const Options& options,
                    const ports::Machine& machine);
  base::Status start(bool create, const Options& options);

  ports::Executor& executor_;
  std::pair<dev_t, ino_t> id_{};  // of its file, as the registry knows it
  std::unique_ptr<WriteQueue> writer_;
};

}  // namespace freshet::lmdb
