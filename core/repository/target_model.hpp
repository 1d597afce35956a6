// core/repository/target_model.hpp - what the model of a target says.
#pragma once

#include <string>
#include <string_view>

namespace freshet::repository {

// Behind the embedder's model where texts are embedded behind their titles: these are other vectors
// than those of the texts alone, for the repository as for a store.
inline constexpr std::string_view titles_mark = "+titles";

inline bool embeds_titles(std::string_view target_model) {
  return target_model.ends_with(titles_mark);
}

inline std::string embedder_model(std::string_view target_model) {
  if (embeds_titles(target_model)) target_model.remove_suffix(titles_mark.size());
  return std::string(target_model);
}

}  // namespace freshet::repository
