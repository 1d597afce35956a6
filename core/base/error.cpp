#include "core/base/error.hpp"

#include <exception>
#include <new>

#if defined(__GLIBC__)
#include <execinfo.h>
#endif

namespace freshet::base {
namespace {

// Where an exception passes through pthread_once, glibc loads the unwinder, and ends the process if
// there is no memory for it. backtrace() loads it now.
[[maybe_unused]] const bool unwinder_is_loaded = [] {
#if defined(__GLIBC__)
  void* frame = nullptr;
  ::backtrace(&frame, 1);
#endif
  return true;
}();

}  // namespace

std::string_view code_name(Code code) {
  switch (code) {
    case Code::ok:
      return "ok";
    case Code::invalid_argument:
      return "invalid_argument";
    case Code::misuse:
      return "misuse";
    case Code::not_found:
      return "not_found";
    case Code::unsupported:
      return "unsupported";
    case Code::policy_failed:
      return "policy_failed";
    case Code::excluded:
      return "excluded";
    case Code::busy:
      return "busy";
    case Code::cancelled:
      return "cancelled";
    case Code::timeout:
      return "timeout";
    case Code::network:
      return "network";
    case Code::rate_limited:
      return "rate_limited";
    case Code::remote:
      return "remote";
    case Code::denied:
      return "denied";
    case Code::blocked:
      return "blocked";
    case Code::gone:
      return "gone";
    case Code::limit:
      return "limit";
    case Code::parse:
      return "parse";
    case Code::held:
      return "held";
    case Code::io:
      return "io";
    case Code::full:
      return "full";
    case Code::corrupt:
      return "corrupt";
    case Code::version:
      return "version";
    case Code::plugin:
      return "plugin";
    case Code::out_of_memory:
      return "out_of_memory";
    case Code::internal:
      return "internal";
  }
  return "unknown";
}

bool is_transient(Code code) {
  const auto number = static_cast<std::int32_t>(code);
  return number > 1100 && number < 1200 && code != Code::cancelled;
}

std::string to_string(const Error& error) {
  std::string text;
  for (const Error* at = &error; at != nullptr; at = at->cause.get()) {
    if (!text.empty()) text += ": ";
    if (!at->subject.empty()) text.append(at->subject).append(": ");
    text += at->message;
  }
  return text;
}

Error make_error(Code code, std::string message, std::string subject) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.subject = std::move(subject);
  return error;
}

tl::unexpected<Error> fail(Code code, std::string message, std::string subject) {
  return tl::unexpected<Error>(make_error(code, std::move(message), std::move(subject)));
}

tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

tl::unexpected<Error> wrap(std::string message, std::string subject, Error cause) {
  Error error;
  error.code = cause.code;
  error.message = std::move(message);
  error.subject = std::move(subject);
  error.retry_after_ms = cause.retry_after_ms;
  error.attempts = cause.attempts;
  error.cause = std::make_shared<const Error>(std::move(cause));
  return tl::unexpected<Error>(std::move(error));
}

// The text is short enough to lie within the string.
Error no_memory() noexcept {
  Error error;
  error.code = Code::out_of_memory;
  error.message = "out of memory";
  return error;
}

namespace {

Error rethrow_error() {
  Error error;
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return no_memory();
  } catch (const std::exception& problem) {
    error.message = problem.what();
  } catch (...) {
    error.message = "an exception of an unknown type";
  }
  return error;
}

}  // namespace

Error exception_error() noexcept {
  try {
    return rethrow_error();
  } catch (...) {
    return no_memory();
  }
}

}  // namespace freshet::base
