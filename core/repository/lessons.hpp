// core/repository/lessons.hpp - what was learnt by looking, of a root or of a source: which places of
// a page change at each load, what a site says of pages that it does not have.
//
// What it says is JSON and its maker's affair. It is a help and no content: whatever is lost of it is
// learnt again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

struct Lesson {
  Digest owner;       // a root, with which it goes, or a source
  std::string about;  // one lesson for each
  Instant since;      // of what it says now
  std::string what;   // a JSON object
};

class ReadsLessons : public Part {
 public:
  using Part::Part;

  base::Result<std::optional<Lesson>> lesson(const Digest& owner, std::string_view about) const;
  base::Result<std::vector<Lesson>> lessons_of(const Digest& owner) const;
};

class WritesLessons : public Part {
 public:
  using Part::Part;

  base::Status put_lesson(const Lesson& lesson);
  base::Status forget_lesson(const Digest& owner, std::string_view about);
  base::Status forget_lessons(const Digest& owner);  // with a root
};

}  // namespace freshet::repository
