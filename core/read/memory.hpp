// core/read/memory.hpp - the memory of parses: in proportion to the page, and bounded over all
// readers of the process.
//
// A reading takes its share before it parses and gives it back when its document is made. While it
// has one it never waits for another (HTML within Markdown draws on the share of the Markdown), so
// that no two readings wait for each other. They are served in the order of their coming: a large
// page is not passed over for ever by small ones.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace freshet::read {

inline constexpr std::size_t default_memory = std::size_t{256} << 20;

// What all shares together have of one total. Thread-safe.
class MemoryPool {
 public:
  // Waits until the shares taken and this one come to `most` at most, or none is taken.
  void take(std::size_t bytes, std::size_t most);
  void give_back(std::size_t bytes);

  std::size_t taken() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t taken_ = 0;
  std::uint64_t next_ = 0;     // who comes
  std::uint64_t serving_ = 0;  // whose turn it is
};

// That of the process.
MemoryPool& process_memory();

// What one reading may use. One thread at a time.
class Share {
 public:
  // Waits for its turn. `bytes` above `most` count as `most`.
  Share(std::size_t bytes, std::size_t most, MemoryPool& pool = process_memory());
  ~Share() { pool_.give_back(size_); }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  std::size_t size() const { return size_; }
  std::size_t drawn() const { return drawn_; }

  // False where the share does not have them.
  bool draw(std::size_t bytes);
  void put_back(std::size_t bytes) { drawn_ -= bytes; }

 private:
  MemoryPool& pool_;
  const std::size_t size_;
  std::size_t drawn_ = 0;
};

}  // namespace freshet::read
