// core/read/slug.hpp - the anchors that GitHub gives to headings.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace freshet::read {

// For the headings of one text, in their order.
class Slugs {
 public:
  // Lower case, punctuation gone, blanks as "-"; "-1", "-2" behind one that was there before.
  std::string next(std::string_view title);

 private:
  std::map<std::string, std::size_t> seen_;
};

}  // namespace freshet::read
