#include "capi/handles.hpp"

#include <pthread.h>

#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <vector>

namespace freshet::capi {
namespace {

// mark:8 | type:8 | generation:24 | index:24. No pointer of a program has its highest bits so.
constexpr std::uint64_t mark = 0xF5;
constexpr std::uint64_t most_index = (1u << 24) - 1;
constexpr std::uint32_t last_generation = (1u << 24) - 1;

struct Parts {
  std::uint64_t mark;
  Type type;
  std::uint32_t generation;
  std::size_t index;
};

std::uint64_t pack(Type type, std::uint32_t generation, std::size_t index) {
  return mark << 56 | static_cast<std::uint64_t>(type) << 48 |
         static_cast<std::uint64_t>(generation) << 24 | index;
}

Parts unpack(std::uint64_t handle) {
  return {handle >> 56, static_cast<Type>(handle >> 48 & 0xFF),
          static_cast<std::uint32_t>(handle >> 24 & last_generation), handle & most_index};
}

std::atomic<bool> is_child{false};

struct Slot {
  Type type = Type::none;
  std::uint32_t generation = 1;
  std::shared_ptr<void> object;
};

// Threads that use different handles seldom use the same table, and so wait for no lock of each
// other's.
constexpr std::size_t shards = 64;

// On a cache line of its own, which its lock is written to with every look.
class alignas(64) Table {
 public:
  // `place` says which of all tables this one is: the low bits of every index in its handles.
  std::uint64_t add(Type type, std::shared_ptr<void> object, std::size_t place) {
    std::unique_lock lock(mutex_);
    if (free_.empty()) {
      if (slots_.size() > most_index / shards) throw std::bad_alloc();
      if (free_.capacity() <= slots_.size())
        free_.reserve(2 * slots_.size() + 64);  // remove() cannot fail
      slots_.emplace_back();
      free_.push_back(slots_.size() - 1);
    }
    const std::size_t index = free_.back();
    free_.pop_back();
    Slot& slot = slots_[index];
    slot.type = type;
    slot.object = std::move(object);
    return pack(type, slot.generation, index * shards + place);
  }

  base::Result<std::shared_ptr<void>> find(std::uint64_t handle, Type type) const {
    std::shared_lock lock(mutex_);
    if (const Slot* slot = look(handle, type)) return slot->object;
    lock.unlock();
    return base::fail(base::Code::misuse, why(handle, type), type_name(type));
  }

  std::shared_ptr<void> remove(std::uint64_t handle, Type type) {
    std::unique_lock lock(mutex_);
    auto* slot = const_cast<Slot*>(look(handle, type));
    if (slot == nullptr) return nullptr;
    slot->type = Type::none;
    // A slot whose generations are used up is not used again: an old handle never comes alive.
    if (slot->generation++ < last_generation) free_.push_back(unpack(handle).index / shards);
    return std::move(slot->object);
  }

 private:
  const Slot* look(std::uint64_t handle, Type type) const {
    const Parts parts = unpack(handle);
    const std::size_t index = parts.index / shards;
    if (parts.mark != mark || parts.type != type || index >= slots_.size()) return nullptr;
    const Slot& slot = slots_[index];
    return slot.type == type && slot.generation == parts.generation ? &slot : nullptr;
  }

  std::string why(std::uint64_t handle, Type type) const {
    if (handle == 0) return "is NULL";
    const Parts parts = unpack(handle);
    if (parts.mark != mark || parts.type > last_type || parts.type == Type::none)
      return "is no handle of freshet";
    if (parts.type != type)
      return std::string("is a handle of another type: ") + type_name(parts.type);
    return "was freed";
  }

  mutable std::shared_mutex mutex_;
  std::deque<Slot> slots_;
  std::vector<std::size_t> free_;
};

class Tables {
 public:
  Tables() {
    ::pthread_atfork(nullptr, nullptr, [] { is_child.store(true, std::memory_order_relaxed); });
  }
  std::uint64_t add(Type type, std::shared_ptr<void> object) {
    const std::size_t place = next_.fetch_add(1, std::memory_order_relaxed) % shards;
    return tables_[place].add(type, std::move(object), place);
  }
  Table& of(std::uint64_t handle) { return tables_[unpack(handle).index % shards]; }

 private:
  std::atomic<std::size_t> next_{0};
  std::array<Table, shards> tables_;
};

// Never destroyed: at the end of a program handles may still be used, and their runs still go on.
Tables& the_tables() {
  static Tables& tables = *new Tables;
  return tables;
}

}  // namespace

const char* type_name(Type type) {
  switch (type) {
    case Type::none:
      return "none";
    case Type::error:
      return "error";
    case Type::repository:
      return "repository";
    case Type::root:
      return "root";
    case Type::roots:
      return "roots";
    case Type::chunks:
      return "chunks";
    case Type::element:
      return "element";
    case Type::document:
      return "document";
    case Type::reader:
      return "reader";
    case Type::policy:
      return "policy";
    case Type::refresh:
      return "refresh";
    case Type::hits:
      return "hits";
    case Type::plugins:
      return "plugins";
    case Type::cancel:
      return "cancel";
    case Type::vectors:
      return "vectors";
    case Type::service:
      return "service";
  }
  return "unknown";
}

bool forked() { return is_child.load(std::memory_order_relaxed); }

namespace table {
std::uint64_t add(Type type, std::shared_ptr<void> object) {
  return the_tables().add(type, std::move(object));
}
base::Result<std::shared_ptr<void>> find(std::uint64_t handle, Type type) {
  return the_tables().of(handle).find(handle, type);
}
std::shared_ptr<void> remove(std::uint64_t handle, Type type) {
  return the_tables().of(handle).remove(handle, type);
}
}  // namespace table

}  // namespace freshet::capi
