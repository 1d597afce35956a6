// store_sqlite/filter_node.hpp - a filter as a tree, and how it is read from JSON.
#pragma once

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>
#include "sdk/json.hpp"

#include "filter.hpp"

namespace store_sqlite {

using Json = nlohmann::json;

enum class Op {
  all,
  any,
  none,  // of the children
  eq,
  ne,
  gt,
  gte,
  lt,
  lte,
  in,
  nin,
  contains,
  icontains,
  ieq,
  starts_with,
  ends_with,
  like,
  has
};

struct Filter::Node {
  Op op = Op::all;
  std::vector<std::unique_ptr<Node>> children;
  std::string key;  // of a test
  Json operand;
  std::string text;              // the operand of a test of texts
  std::unique_ptr<RE2> pattern;  // of $like, $icontains and $ieq
};

std::unique_ptr<Filter::Node> parse_filter(std::string_view json);

}  // namespace store_sqlite
