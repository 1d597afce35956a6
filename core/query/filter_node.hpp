// core/query/filter_node.hpp - one part of a filter: a test of a key, or what joins other parts.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/json.hpp"
#include "core/ports/store.hpp"

namespace freshet::query {

using ports::FilterOp;
struct FilterNode;
using FilterPart = std::shared_ptr<const FilterNode>;

struct FilterNode {
  FilterOp op = FilterOp::all;
  std::vector<FilterPart> parts = {};
  std::string key = {};  // of a test
  base::Json operand = {};
  std::string text = {};                         // the operand of a test of texts
  std::shared_ptr<const RE2> pattern = nullptr;  // of like, icontains and ieq
};

// Without what changes nothing: an "and" within an "and", and what joins a single part.
FilterPart join_parts(FilterOp op, std::vector<FilterPart> parts);

std::string_view name_of(FilterOp op);  // "starts_with"

base::Result<FilterPart> parse_filter(const base::Json& json);

}  // namespace freshet::query
