// core/base/error.hpp - what went wrong: a code, one factual line, and the thing at fault.
//
// Expected failures travel as Result<T>; exceptions of third parties are caught in the file that
// calls them. An Error is a value: it may be copied, stored and shown at any time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "freshet/status.h"

namespace freshet::base {

// The same numbers as the C API, so that no table has to translate them.
enum class Code : std::int32_t {
  ok = FRESHET_OK,
  invalid_argument = FRESHET_E_INVALID_ARGUMENT,
  misuse = FRESHET_E_MISUSE,
  not_found = FRESHET_E_NOT_FOUND,
  unsupported = FRESHET_E_UNSUPPORTED,
  policy_failed = FRESHET_E_POLICY_FAILED,
  excluded = FRESHET_E_EXCLUDED,
  busy = FRESHET_E_BUSY,
  cancelled = FRESHET_E_CANCELLED,
  timeout = FRESHET_E_TIMEOUT,
  network = FRESHET_E_NETWORK,
  rate_limited = FRESHET_E_RATE_LIMITED,
  remote = FRESHET_E_REMOTE,
  denied = FRESHET_E_DENIED,
  blocked = FRESHET_E_BLOCKED,
  gone = FRESHET_E_GONE,
  limit = FRESHET_E_LIMIT,
  parse = FRESHET_E_PARSE,
  held = FRESHET_E_HELD,
  io = FRESHET_E_IO,
  full = FRESHET_E_FULL,
  corrupt = FRESHET_E_CORRUPT,
  version = FRESHET_E_VERSION,
  plugin = FRESHET_E_PLUGIN,
  out_of_memory = FRESHET_E_OUT_OF_MEMORY,
  internal = FRESHET_E_INTERNAL,
};

// The code's name as reports and events show it: "rate_limited". "unknown" for a foreign number.
std::string_view code_name(Code code);

// True where trying the same again later may succeed (the 11xx codes but cancelled).
bool is_transient(Code code);

struct Error {
  Code code = Code::internal;
  std::string message;  // one line, lower case, no final stop, never restating the call
  std::string subject;  // the thing at fault: a URI, an option path, a plugin, a file
  std::int64_t retry_after_ms = -1;  // -1: no hint
  int attempts = 0;                  // how often it was tried; 0: not counted
  std::shared_ptr<const Error> cause;
};

// "subject: message", or the message alone; causes follow, joined by ": ".
std::string to_string(const Error& error);

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

Error make_error(Code code, std::string message, std::string subject = {});

// return fail(Code::parse, "no root element", uri);
tl::unexpected<Error> fail(Code code, std::string message, std::string subject = {});
tl::unexpected<Error> fail(Error error);

// The same failure seen from one level up: `message` and `subject` in front, `cause` behind.
tl::unexpected<Error> wrap(std::string message, std::string subject, Error cause);

// Code::out_of_memory. Takes no memory.
Error no_memory() noexcept;

// What the exception under way stands for; to be called in a catch block.
Error exception_error() noexcept;

// Runs `body`, which returns a Status; what it throws is its failure.
template <typename Body>
Status guarded(Body&& body) noexcept {
  try {
    return std::forward<Body>(body)();
  } catch (...) {
    return fail(exception_error());
  }
}

}  // namespace freshet::base

// Leaves the function with the error of `expression`, a Status or a Result. Neither macro copies a
// Result: tl::expected ends the process where a copy of its content throws.
#define FRESHET_TRY(expression) \
  FRESHET_TRY_(FRESHET_CONCAT_(freshet_status_, __COUNTER__), expression)
#define FRESHET_TRY_(status, expression)                                           \
  do {                                                                             \
    if (auto&& status = (expression); !status)                                     \
      return ::freshet::base::fail(                                                \
          ::freshet::base::Error(std::forward<decltype(status)>(status).error())); \
  } while (false)

// FRESHET_ASSIGN(auto text, read(path)): declares `text`, or leaves the function with the error.
#define FRESHET_ASSIGN(declaration, expression) \
  FRESHET_ASSIGN_(FRESHET_CONCAT_(freshet_result_, __COUNTER__), declaration, expression)
#define FRESHET_ASSIGN_(result, declaration, expression)                         \
  auto&& result = (expression);                                                  \
  if (!result)                                                                   \
    return ::freshet::base::fail(                                                \
        ::freshet::base::Error(std::forward<decltype(result)>(result).error())); \
  declaration = *std::forward<decltype(result)>(result)
#define FRESHET_CONCAT_(a, b) FRESHET_CONCAT2_(a, b)
#define FRESHET_CONCAT2_(a, b) a##b
