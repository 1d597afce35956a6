#include <cerrno>

#include <freshet/sdk/errno.hpp>

#include "core/base/system_error.hpp"
#include "tests/support/catch.hpp"

namespace freshet::base {
namespace {

TEST_CASE("an errno has one code and words of its own") {
  struct Row {
    int number;
    Code code;
    const char* words;
  };
  const Row rows[] = {
      {ENOSPC, Code::full, "the disk is full"},
      {EDQUOT, Code::full, "the disk quota is used up"},
      {EFBIG, Code::full, "the limit on the size of a file is reached (ulimit -f)"},
      {EMFILE, Code::io, "too many open files in this process (ulimit -n)"},
      {ENFILE, Code::io, "too many open files on this machine"},
      {EROFS, Code::denied, "the file system is read-only"},
      {EACCES, Code::denied, "permission denied"},
      {ENOENT, Code::not_found, "no such file or directory"},
      {ENOMEM, Code::out_of_memory, "cannot allocate memory"},
      {EIO, Code::io, "input/output error"},
  };
  for (const Row& row : rows) {
    INFO(row.words);
    CHECK(code_of_errno(row.number) == row.code);
    CHECK(errno_words(row.number) == row.words);
    const auto error = fail_errno(row.number, "cannot be opened", "/a/file").value();
    CHECK(to_string(error) == std::string("/a/file: cannot be opened: ") + row.words);
  }
}

// The sdk cannot include the core, and the core not the sdk: what each says is compared here.
TEST_CASE("plugins have the same words for an errno as the core") {
  for (int number = 1; number < 140; ++number) {
    INFO(number);
    CHECK(sdk::status_of_errno(number) == static_cast<freshet_status>(code_of_errno(number)));
    CHECK(sdk::words_of_errno(number) == errno_words(number));
  }
}

}  // namespace
}  // namespace freshet::base
