// core/repository/notices.hpp - what a service has told people of, so that one that is started again does
// not tell it twice. Opaque here.
#pragma once

#include <string>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

class ReadsNotices : public Part {
 public:
  using Part::Part;

  // As it was put; empty: nothing was.
  base::Result<std::string> notices(const std::string& name_space) const;
};

class WritesNotices : public Part {
 public:
  using Part::Part;

  base::Status put_notices(const std::string& name_space, const std::string& text);
};

}  // namespace freshet::repository
