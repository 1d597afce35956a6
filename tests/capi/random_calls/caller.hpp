// tests/capi/random_calls/caller.hpp - one thread's random arguments, and what has to hold after
// every call: an error exactly where the status says so, with words; out_ parameters set or
// cleared; nothing written past what a struct_size allows.
#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/capi/random_calls/pool.hpp"

namespace freshet::random_calls {

// What all threads of one round share.
struct World {
  std::string folder;               // the round's own
  std::vector<std::string> stores;  // directories of repositories
  std::string docs;                 // a folder source
  Pool pool;
  std::uint64_t seed = 0;
  std::atomic<std::uint64_t> callbacks{0}, names{0};

  // Ids of chunks and elements that were seen, the last 64.
  void remember_id(const char* id);
  std::string known_id(std::uint64_t random);

 private:
  std::mutex mutex_;
  std::vector<std::string> ids_;
  std::size_t next_id_ = 0;
};

[[noreturn]] void die(const World& world, const char* call, const char* what);

class Caller {
 public:
  Caller(World& world, std::uint64_t seed) : world_(world), random_(seed) {}

  World& world() { return world_; }
  std::uint64_t number() { return random_(); }
  bool one_in(std::uint64_t n) { return random_() % n == 0; }
  template <typename T, std::size_t n>
  T pick(const T (&choices)[n]) {
    return choices[random_() % n];
  }
  const char* current() const { return current_.load(std::memory_order_relaxed); }
  void begin(const char* name) { current_.store(name, std::memory_order_relaxed); }
  std::uint64_t succeeded() const { return succeeded_; }
  std::uint64_t failed() const { return failed_; }

  // Mostly a live handle of this kind; now and then NULL, a freed one, one of another kind, or a
  // pointer from elsewhere.
  void* handle(Kind kind);
  template <typename T>
  T* any() {
    return static_cast<T*>(handle(kind_of<T>));
  }

  // Texts, valid until the next but seven.
  const char* keep(std::string text);
  const char* uri();
  const char* text();  // any: NULL, empty, long, not UTF-8
  const char* id();
  const char* path();
  const char* json(std::initializer_list<const char*> valid);
  // Mostly NULL; else limits, a few of them wrong, valid until the next.
  const freshet_call_options* call();

  // Runs `call` and checks its status and error.
  freshet_status plain(const std::function<freshet_status(freshet_error**)>& call);

  // For functions with one out_ handle. `may_be_empty`: FRESHET_OK may come with NULL.
  template <typename T, typename Call>
  void make(Call&& call, bool optional = false, bool may_be_empty = false);
  template <typename Info, typename Call>
  void fill(Call&& call);
  template <typename Call>
  void give_text(Call&& call, bool optional = false);
  template <typename Number, typename Call>
  void give_number(Call&& call, bool optional = false);

  void check(bool holds, const char* what) {
    if (!holds) die(world_, current(), what);
  }
  void put(Kind kind, void* handle);
  void free_one(Kind kind);

 private:
  void inspect(Kind kind, void* handle);
  void inspect_error(freshet_status status, freshet_error* error);
  void read(const char* text) {
    check(text != nullptr && std::strlen(text) < (1u << 28), "a text is NULL");
  }
  void inspect_parts(Kind kind, void* handle);
  void* foreign();

  World& world_;
  std::mt19937_64 random_;
  std::atomic<const char*> current_{nullptr};
  std::uint64_t succeeded_ = 0, failed_ = 0;
  std::string kept_[8];
  std::size_t next_kept_ = 0;
  std::uint64_t stray_ = 0;
  freshet_call_options call_ = FRESHET_CALL_OPTIONS_INIT;
};

template <typename T, typename Call>
void Caller::make(Call&& call, bool optional, bool may_be_empty) {
  T* out = reinterpret_cast<T*>(&stray_);
  const bool without = one_in(40);
  const freshet_status status =
      plain([&](freshet_error** error) { return call(without ? nullptr : &out, error); });
  if (without) return check(optional || status != FRESHET_OK, "NULL for an out_ parameter is OK");
  if (status != FRESHET_OK) return check(out == nullptr, "an out_ handle is left set by a failure");
  check(out != nullptr || may_be_empty, "an out_ handle is NULL after OK");
  check(out != reinterpret_cast<T*>(&stray_), "an out_ handle is not set");
  if (out == nullptr) return;
  inspect(kind_of<T>, out);
  put(kind_of<T>, out);
}

// The struct lies in a block so large that every size the library accepts fits into it.
template <typename Info, typename Call>
void Caller::fill(Call&& call) {
  constexpr std::size_t block_size = 8192;
  alignas(16) unsigned char block[block_size];
  std::memset(block, 0xA5, sizeof block);
  static const std::size_t sizes[] = {
      0, 1, 8, 15, 16, 17, 24, sizeof(Info) - 8, 4096, 4097, SIZE_MAX / 2, SIZE_MAX};
  const std::size_t size = one_in(4) ? pick(sizes) : sizeof(Info);
  std::memcpy(block, &size, sizeof size);
  const bool without = one_in(40);
  const freshet_status status = plain([&](freshet_error** error) {
    return call(without ? nullptr : reinterpret_cast<Info*>(block), error);
  });
  check(std::memcmp(block, &size, sizeof size) == 0, "struct_size was changed");
  const bool sound = !without && size >= 16 && size <= 4096;
  if (status == FRESHET_OK) check(sound, "a struct without its size, or NULL, is OK");
  for (std::size_t at = sound ? size : sizeof size; at < block_size; ++at)
    check(block[at] == 0xA5, "written past struct_size");
}

template <typename Call>
void Caller::give_text(Call&& call, bool optional) {
  char* out = reinterpret_cast<char*>(&stray_);
  const bool without = one_in(40);
  const freshet_status status =
      plain([&](freshet_error** error) { return call(without ? nullptr : &out, error); });
  if (without) return check(optional || status != FRESHET_OK, "NULL for an out_ text is OK");
  if (status != FRESHET_OK) return check(out == nullptr, "an out_ text is left set by a failure");
  check(out != nullptr && out != reinterpret_cast<char*>(&stray_), "an out_ text is not set");
  read(out);
  freshet_string_free(out);
}

template <typename Number, typename Call>
void Caller::give_number(Call&& call, bool optional) {
  Number out = static_cast<Number>(0x5A5A5A5A);
  const bool without = one_in(40);
  const freshet_status status =
      plain([&](freshet_error** error) { return call(without ? nullptr : &out, error); });
  if (without) return check(optional || status != FRESHET_OK, "NULL for an out_ number is OK");
  if (status != FRESHET_OK) return check(out == 0, "an out_ number is left set by a failure");
  check(out != static_cast<Number>(0x5A5A5A5A), "an out_ number is not set");
}

// One function of the C API, and how often it is called.
struct Function {
  const char* name;
  unsigned weight;
  void (*call)(Caller&);
};
const std::vector<Function>& document_functions();
const std::vector<Function>& repository_functions();
const std::vector<Function>& refresh_functions();
const std::vector<Function>& other_functions();

// The application's side: functions that freshet calls, and that call freshet.
void count_event(void* payload, const freshet_event* event);

}  // namespace freshet::random_calls
