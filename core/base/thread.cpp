#include "core/base/thread.hpp"

#include <pthread.h>

#include <algorithm>
#include <cstdint>
#include <thread>
#include <utility>

#include "core/base/system_error.hpp"

namespace freshet::base {
namespace {

thread_local const void* this_thread = nullptr;
thread_local std::uint64_t this_task = 0;

int create(pthread_t& id, void* (*run)(void*), void* state) {
  pthread_attr_t attributes;
  if (const int code = pthread_attr_init(&attributes)) return code;
  pthread_attr_setstacksize(&attributes, thread_stack_bytes);
  const int code = pthread_create(&id, &attributes, run, state);
  pthread_attr_destroy(&attributes);
  return code;
}

// What has to be left of a stack for run_with_stack() to stay on it.
constexpr std::size_t stack_for_a_parse = thread_stack_bytes / 2;

struct Stack {
  const char* end = nullptr;  // its lowest address
  std::size_t size = 0;       // 0: it cannot be told
};

Stack find_stack() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return {};
  void* end = nullptr;
  std::size_t size = 0;
  const int code = pthread_attr_getstack(&attributes, &end, &size);
  pthread_attr_destroy(&attributes);
  return code == 0 ? Stack{static_cast<const char*>(end), size} : Stack{};
}

bool has_stack() {
  thread_local const Stack stack = find_stack();
  // A frame that lies elsewhere is that of a coroutine, whose stack may be of any size.
  const auto left = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) -
                    reinterpret_cast<std::uintptr_t>(stack.end);
  return left < stack.size && left >= stack_for_a_parse;
}

}  // namespace

// Shared by the thread and its owner, of which either may be gone first.
struct Thread::State {
  std::function<void()> body;
  const char* name;
  std::uint64_t task;
  std::shared_ptr<State> own;  // until the thread has taken it
};

void* Thread::run(void* raw) {
  const std::shared_ptr<State> state = std::move(static_cast<State*>(raw)->own);
  this_thread = state.get();
  this_task = state->task;
  pthread_setname_np(pthread_self(), state->name);
  try {
    state->body();
  } catch (...) {  // told by the body, or nobody's concern
  }
  state->body = nullptr;  // what it captured goes before the thread does
  return nullptr;
}

Status Thread::start(const char* name, std::function<void()> body) {
  join();
  state_ = std::make_shared<State>(State{std::move(body), name, this_task, nullptr});
  state_->own = state_;
  pthread_t id{};
  const int code = create(id, &Thread::run, state_.get());
  if (code == 0) {
    id_ = static_cast<std::uintptr_t>(id);
    joinable_ = true;
    return {};
  }
  state_->own.reset();
  state_.reset();
  return fail(Code::out_of_memory, "cannot start a thread: " + errno_words(code));
}

void Thread::join() {
  if (joinable_) pthread_join(static_cast<pthread_t>(id_), nullptr);
  joinable_ = false;
}

void Thread::detach() {
  if (joinable_) pthread_detach(static_cast<pthread_t>(id_));
  joinable_ = false;
}

bool Thread::is_current() const { return state_ != nullptr && state_.get() == this_thread; }

Status run_with_stack(const std::function<Status()>& body) {
  if (has_stack()) return guarded(body);
  Status status;
  Thread thread;
  FRESHET_TRY(thread.start("freshet-stack", [&] { status = guarded(body); }));
  thread.join();
  return status;
}

std::size_t hardware_threads() { return std::max(1u, std::thread::hardware_concurrency()); }

std::uint64_t current_task() { return this_task; }

TaskScope::TaskScope(std::uint64_t task) : before_(std::exchange(this_task, task)) {}

TaskScope::~TaskScope() { this_task = before_; }

}  // namespace freshet::base
