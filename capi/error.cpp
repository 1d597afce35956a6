#include "freshet/error.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "core/host/redactor.hpp"
#include "freshet/version.h"

namespace freshet::capi {
namespace {

// Addresses that no entry of the table has, so that they are told apart without looking there.
freshet_error* const out_of_memory_handle =
    reinterpret_cast<freshet_error*>(std::uintptr_t{0xF5FF} << 48 | 1);
freshet_error* const forked_handle =
    reinterpret_cast<freshet_error*>(std::uintptr_t{0xF5FF} << 48 | 2);

base::Error simple(base::Code code, const char* message) {
  base::Error error;
  error.code = code;
  error.message = message;
  return error;
}

// There may be no memory when it is needed, nor when the library is loaded: its texts are short
// enough to lie within their strings. Never destroyed.
const ErrorObject& out_of_memory() {
  alignas(ErrorObject) static unsigned char room[sizeof(ErrorObject)];
  static const ErrorObject& made =
      *new (room) ErrorObject(simple(base::Code::out_of_memory, "out of memory"));
  return made;
}

// Only a forked child asks for it, which has one thread at first.
const ErrorObject& after_fork() {
  static const ErrorObject& made = *new ErrorObject(
      simple(base::Code::misuse, "used in a child process after fork(): call exec() first"));
  return made;
}

// Owns nothing and takes no memory.
std::shared_ptr<const ErrorObject> share(const ErrorObject& lasting) {
  return {std::shared_ptr<const ErrorObject>(), &lasting};
}

// The plugin at fault is the subject of the innermost error that says so.
std::string plugin_of(const base::Error& error) {
  std::string plugin;
  for (const base::Error* at = &error; at != nullptr; at = at->cause.get())
    if (at->code == base::Code::plugin && !at->subject.empty()) plugin = at->subject;
  return plugin;
}

freshet_status code_of(const base::Error& error) { return static_cast<freshet_status>(error.code); }

}  // namespace

ErrorObject::ErrorObject(base::Error from)
    : error(std::move(from)), text(base::to_string(error)), plugin(plugin_of(error)) {
  if (error.cause != nullptr)
    cause = make_handle<freshet_error>(std::make_shared<ErrorObject>(*error.cause));
}

ErrorObject::~ErrorObject() {
  if (cause != nullptr) take(cause);
}

freshet_status give_error(freshet_error** out_error, base::Error error) {
  const freshet_status code = code_of(error);
  if (out_error != nullptr)
    *out_error = make_handle<freshet_error>(
        std::make_shared<ErrorObject>(host::redactor().clean(std::move(error))));
  return code;
}

freshet_status give_out_of_memory(freshet_error** out_error) {
  if (out_error != nullptr) *out_error = out_of_memory_handle;
  return FRESHET_E_OUT_OF_MEMORY;
}

freshet_status give_forked(freshet_error** out_error) {
  if (out_error != nullptr) *out_error = forked_handle;
  return FRESHET_E_MISUSE;
}

std::shared_ptr<const ErrorObject> find_error(const freshet_error* error) {
  if (error == out_of_memory_handle) return share(out_of_memory());
  if (error == forked_handle) return share(after_fork());
  return forked() ? nullptr : get_or_null(error);
}

// Error handles are looked at in a forked child, too: the error that says so is one.
template <typename T, typename Read>
T read_error(const freshet_error* error, T fallback, Read read) noexcept {
  try {
    const auto found = find_error(error);
    return found ? read(*found) : fallback;
  } catch (...) {
    return fallback;
  }
}

extern "C" {

FRESHET_API freshet_status freshet_error_code(const freshet_error* error) noexcept {
  return read_error<freshet_status>(error, FRESHET_E_MISUSE,
                                    [](const auto& e) { return code_of(e.error); });
}

FRESHET_API const char* freshet_error_message(const freshet_error* error) noexcept {
  return read_error(error, "", [](const auto& e) { return e.error.message.c_str(); });
}

FRESHET_API const char* freshet_error_subject(const freshet_error* error) noexcept {
  return read_error(error, "", [](const auto& e) { return e.error.subject.c_str(); });
}

FRESHET_API const char* freshet_error_plugin(const freshet_error* error) noexcept {
  return read_error(error, "", [](const auto& e) { return e.plugin.c_str(); });
}

FRESHET_API int64_t freshet_error_retry_after_ms(const freshet_error* error) noexcept {
  return read_error<int64_t>(error, -1, [](const auto& e) { return e.error.retry_after_ms; });
}

FRESHET_API int32_t freshet_error_attempts(const freshet_error* error) noexcept {
  return read_error<int32_t>(error, 0, [](const auto& e) { return e.error.attempts; });
}

FRESHET_API const freshet_error* freshet_error_cause(const freshet_error* error) noexcept {
  return read_error<const freshet_error*>(error, nullptr, [](const auto& e) { return e.cause; });
}

FRESHET_API const char* freshet_error_to_string(const freshet_error* error) noexcept {
  return read_error(error, "", [](const auto& e) { return e.text.c_str(); });
}

FRESHET_API void freshet_error_free(freshet_error* error) noexcept {
  guard_free([&] { take(error); });
}

FRESHET_API const char* freshet_status_name(freshet_status status) noexcept {
  // The names are literals, so their data is NUL-terminated.
  return base::code_name(static_cast<base::Code>(status)).data();
}

FRESHET_API int32_t freshet_status_is_transient(freshet_status status) noexcept {
  return base::is_transient(static_cast<base::Code>(status)) ? 1 : 0;
}

FRESHET_API void freshet_string_free(char* text) noexcept {
  guard_free([&] { free_text(text); });
}

FRESHET_API freshet_status freshet_string_redact(const char* string, char** out_text,
                                                 freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> base::Status {
    FRESHET_TRY(ready(out_text, "out_text"));
    FRESHET_ASSIGN(const std::string given, text(string, "string"));
    *out_text = give_text(host::redactor().clean(given));
    return {};
  });
}

FRESHET_API const char* freshet_version(void) noexcept { return FRESHET_VERSION; }

FRESHET_API int32_t freshet_version_number(void) noexcept { return FRESHET_VERSION_NUMBER; }

}  // extern "C"
}  // namespace freshet::capi
