#include "tests/scarcity/hooks.hpp"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FRESHET_HOOK_NEW
#endif

namespace freshet::scarcity {
namespace {

std::atomic<int> armed{-1};
std::atomic<long> calls{0};
std::atomic<long> fail_from{0}, fail_to{0};

// What is noted of places stands in arrays: nothing may be allocated here.
enum class Places { none, noted, awaited };
std::atomic<Places> what_of_places{Places::none};
std::atomic<std::uint64_t> awaited{0};
std::atomic<long> more_after{0};
std::array<std::atomic<std::uint64_t>, 1 << 16> noted{};     // a hash table
std::array<std::atomic<std::uint64_t>, 1 << 16> in_order{};  // as they were met
std::atomic<std::size_t> noted_count{0};

constexpr int callers = 12;
constexpr int own_frames = 4;  // of the functions here, which are the same for all

std::uint64_t place_of_caller() {
  void* frames[own_frames + callers];
  const int count = backtrace(frames, own_frames + callers);
  std::uint64_t hash = 14695981039346656037u;  // FNV-1a, by words
  for (int i = 0; i < count; ++i)
    hash = (hash ^ reinterpret_cast<std::uintptr_t>(frames[i])) * 1099511628211u;
  return hash | 1;
}

void note(std::uint64_t place) {
  for (std::size_t at = place >> 48;; at = (at + 1) % noted.size()) {
    std::uint64_t there = 0;
    if (noted[at].compare_exchange_strong(there, place)) {
      in_order[noted_count++] = place;
      if (noted_count >= in_order.size() / 2) std::abort();
      return;
    }
    if (there == place) return;
  }
}

void look_at_place(long call) {
  thread_local bool looking = false;
  if (looking) return;  // backtrace() allocates
  looking = true;
  const std::uint64_t place = place_of_caller();
  looking = false;
  if (what_of_places == Places::noted) {
    note(place);
  } else if (place == awaited && what_of_places.exchange(Places::none) == Places::awaited) {
    fail_to = more_after > LONG_MAX - call ? LONG_MAX : call + more_after;
    fail_from = call;
  }
}

bool fails(Resource resource) {
  if (armed.load(std::memory_order_acquire) != static_cast<int>(resource)) return false;
  const long call = ++calls;
  if (what_of_places != Places::none) look_at_place(call);
  return call >= fail_from && call <= fail_to;
}

void arm_with(Places places, Resource resource, long first, long last) {
  calls = 0;
  fail_from = first;
  fail_to = last;
  what_of_places = places;
  armed.store(static_cast<int>(resource), std::memory_order_release);
}

template <typename Function>
Function* original(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

using Start = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
using Open = int(const char*, int, ...);
using OpenAt = int(int, const char*, int, ...);
using Socket = int(int, int, int);
using Pipe = int(int*, int);

bool no_descriptor() {
  if (!fails(Resource::descriptors)) return false;
  errno = EMFILE;
  return true;
}

}  // namespace

void arm(Resource resource, long first, long last) {
  arm_with(Places::none, resource, first, last);
}

void note_places() {
  place_of_caller();  // backtrace() loads a library when it is first called
  arm_with(Places::noted, Resource::memory, LONG_MAX, LONG_MAX);
}

std::vector<std::uint64_t> places() {
  return {in_order.begin(), in_order.begin() + static_cast<std::ptrdiff_t>(noted_count)};
}

void arm_place(std::uint64_t place, long more) {
  awaited = place;
  more_after = more;
  arm_with(Places::awaited, Resource::memory, LONG_MAX, LONG_MAX);
}

long disarm() {
  armed = -1;
  return calls;
}

}  // namespace freshet::scarcity

namespace scarcity = freshet::scarcity;

#define EXPORTED extern "C" __attribute__((visibility("default")))

// A constructor of nlohmann/json that runs out of memory leaves behind what it had built so far.
EXPORTED const char* __lsan_default_suppressions() { return "leak:nlohmann::json"; }

EXPORTED int pthread_create(pthread_t* id, const pthread_attr_t* attributes, void* (*body)(void*),
                            void* argument) {
  static auto* const real = scarcity::original<scarcity::Start>("pthread_create");
  if (scarcity::fails(scarcity::Resource::threads)) return EAGAIN;
  return real(id, attributes, body, argument);
}

#define FRESHET_HOOK_OPEN(name)                                                    \
  EXPORTED int name(const char* path, int flags, ...) {                            \
    static auto* const real = scarcity::original<scarcity::Open>(#name);           \
    va_list rest;                                                                  \
    va_start(rest, flags);                                                         \
    const int mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, int) : 0; \
    va_end(rest);                                                                  \
    return scarcity::no_descriptor() ? -1 : real(path, flags, mode);               \
  }
FRESHET_HOOK_OPEN(open)
#ifdef __GLIBC__
FRESHET_HOOK_OPEN(open64)
#endif

#define FRESHET_HOOK_OPENAT(name)                                                  \
  EXPORTED int name(int directory, const char* path, int flags, ...) {             \
    static auto* const real = scarcity::original<scarcity::OpenAt>(#name);         \
    va_list rest;                                                                  \
    va_start(rest, flags);                                                         \
    const int mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, int) : 0; \
    va_end(rest);                                                                  \
    return scarcity::no_descriptor() ? -1 : real(directory, path, flags, mode);    \
  }
FRESHET_HOOK_OPENAT(openat)
#ifdef __GLIBC__
FRESHET_HOOK_OPENAT(openat64)
#endif

EXPORTED int socket(int domain, int type, int protocol) noexcept {
  static auto* const real = scarcity::original<scarcity::Socket>("socket");
  return scarcity::no_descriptor() ? -1 : real(domain, type, protocol);
}

EXPORTED int pipe2(int* ends, int flags) noexcept {
  static auto* const real = scarcity::original<scarcity::Pipe>("pipe2");
  return scarcity::no_descriptor() ? -1 : real(ends, flags);
}

#if defined(FRESHET_HOOK_NEW)

void* operator new(std::size_t size) {
  void* block = scarcity::fails(scarcity::Resource::memory) ? nullptr : std::malloc(size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return scarcity::fails(scarcity::Resource::memory) ? nullptr : std::malloc(size);
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { std::free(block); }

#elif defined(__GLIBC__)

extern "C" void* __libc_malloc(std::size_t);
extern "C" void* __libc_calloc(std::size_t, std::size_t);
extern "C" void* __libc_realloc(void*, std::size_t);

EXPORTED void* malloc(std::size_t size) noexcept {
  if (!scarcity::fails(scarcity::Resource::memory)) return __libc_malloc(size);
  errno = ENOMEM;
  return nullptr;
}
EXPORTED void* calloc(std::size_t count, std::size_t size) noexcept {
  if (!scarcity::fails(scarcity::Resource::memory)) return __libc_calloc(count, size);
  errno = ENOMEM;
  return nullptr;
}
EXPORTED void* realloc(void* block, std::size_t size) noexcept {
  if (!scarcity::fails(scarcity::Resource::memory)) return __libc_realloc(block, size);
  errno = ENOMEM;
  return nullptr;
}

#endif
