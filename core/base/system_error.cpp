#include "core/base/system_error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace freshet::base {

Code code_of_errno(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Code::full;
    case EACCES:
    case EPERM:
    case EROFS:
      return Code::denied;
    case ENOENT:
    case ENOTDIR:
      return Code::not_found;
    case ENOMEM:
      return Code::out_of_memory;
    default:
      return Code::io;
  }
}

std::string errno_words(int number) {
  switch (number) {
    case ENOSPC:
      return "the disk is full";
    case EDQUOT:
      return "the disk quota is used up";
    case EFBIG:
      return "the limit on the size of a file is reached (ulimit -f)";
    case EMFILE:
      return "too many open files in this process (ulimit -n)";
    case ENFILE:
      return "too many open files on this machine";
    case EROFS:
      return "the file system is read-only";
    default:
      break;
  }
  std::string words = std::generic_category().message(number);
  const bool is_word = words.size() > 1 && words[1] >= 'a' && words[1] <= 'z';
  if (is_word && words[0] >= 'A' && words[0] <= 'Z') words[0] = static_cast<char>(words[0] | 0x20);
  return words;
}

tl::unexpected<Error> fail_errno(int number, std::string_view what, std::string subject) {
  return fail(code_of_errno(number), fmt::format("{}: {}", what, errno_words(number)),
              std::move(subject));
}

}  // namespace freshet::base
