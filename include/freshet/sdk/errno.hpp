// freshet/sdk/errno.hpp - what an errno means: a status and the words that the host itself has for it.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <freshet/sdk/call.hpp>

namespace freshet::sdk {

inline freshet_status status_of_errno(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return FRESHET_E_FULL;
    case EACCES:
    case EPERM:
    case EROFS:
      return FRESHET_E_DENIED;
    case ENOENT:
    case ENOTDIR:
      return FRESHET_E_NOT_FOUND;
    case ENOMEM:
      return FRESHET_E_OUT_OF_MEMORY;
    default:
      return FRESHET_E_IO;
  }
}

inline std::string words_of_errno(int number) {
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

// failure_of_errno(errno, "cannot be opened", path): "cannot be opened: the disk is full".
inline Failure failure_of_errno(int number, const std::string& what, std::string at_fault) {
  return Failure(status_of_errno(number), what + ": " + words_of_errno(number),
                 std::move(at_fault));
}

}  // namespace freshet::sdk
