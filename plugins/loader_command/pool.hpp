// loader_command/pool.hpp - the copies of the program that fetch: started when they are needed, used again, as
// many at once as the options say.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "loader_command/worker.hpp"

namespace freshet::loader_command {

class Pool {
 public:
  explicit Pool(const Options& options) : options_(options) {}

  // Runs `work` with a worker of its own. One whose work threw what the program did not say itself is no more.
  template <typename Work>
  void run(const sdk::Call& call, Work&& work) {
    const Turn turn(*this, call);
    std::unique_ptr<Worker> worker = take(call);
    try {
      std::forward<Work>(work)(*worker);
    } catch (const sdk::Failure& failure) {
      if (!failure.reported && failure.status != FRESHET_E_PLUGIN &&
          failure.status != FRESHET_E_CANCELLED && failure.status != FRESHET_E_TIMEOUT &&
          failure.status != FRESHET_E_LIMIT)
        give(std::move(worker));
      throw;
    }
    give(std::move(worker));
  }

 private:
  // The right to use one worker.
  class Turn {
   public:
    Turn(Pool& pool, const sdk::Call& call);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Pool& pool_;
  };

  std::unique_ptr<Worker> take(const sdk::Call& call);
  void give(std::unique_ptr<Worker> worker);

  const Options& options_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::size_t in_use_ = 0;
  std::vector<std::unique_ptr<Worker>> idle_;
};

}  // namespace freshet::loader_command
