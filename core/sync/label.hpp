// core/sync/label.hpp - names for people of a run and of each root in it, made from templates.
//
// "{{source}}: {{uri}}" - a word in double braces stands for what the run knows, and all else for itself.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/json.hpp"

namespace freshet::sync {

struct Labels {
  std::string run, item;  // templates; empty: events bear no label of the kind
};

// What a template may name: of a run all but the URI.
struct LabelWords {
  std::string_view name_space, source, uri, time;
};

// Reads {"run","item"}. A word that is not known is refused with those that are.
base::Result<Labels> parse_labels(const base::Json& json, const std::string& path);

// Of a template that was read.
std::string label_of(std::string_view form, const LabelWords& words);

}  // namespace freshet::sync
