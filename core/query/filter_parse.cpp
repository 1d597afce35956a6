#include <fmt/format.h>

#include <array>

#include <freshet/sdk/compare.hpp>
#include "core/base/text.hpp"

#include "core/query/filter_node.hpp"

namespace freshet::query {
namespace {

using base::Json;
using base::Result;
using base::Status;

constexpr int most_depth = 32;
constexpr std::size_t most_parts = 1000;
constexpr std::size_t most_values = 10'000;
constexpr std::size_t most_key_shown = 100;

constexpr std::array<std::string_view, 18> op_names = {
    "and", "or",  "not",      "eq",        "ne",  "gt",          "gte",       "lt",   "lte",
    "in",  "nin", "contains", "icontains", "ieq", "starts_with", "ends_with", "like", "has"};
constexpr std::size_t first_test = static_cast<std::size_t>(FilterOp::eq);

tl::unexpected<base::Error> refuse(std::string what, const std::string& path) {
  return base::fail(base::Code::invalid_argument, std::move(what), path);
}

tl::unexpected<base::Error> refuse_operator(const std::string& name, const std::string& path) {
  std::vector<std::string> known;
  for (const std::string_view each : op_names) known.push_back(fmt::format("${}", each));
  const std::string near = base::nearest(name, known);
  if (!near.empty())
    return refuse(fmt::format("is not a known operator; the nearest is {}", base::in_quotes(near)),
                  path);
  return refuse(fmt::format("is not a known operator: {}", fmt::join(known, ", ")), path);
}

bool is_scalar(const Json& value) { return !value.is_structured() && !value.is_null(); }

Status check_values(const Json& values, const std::string& path) {
  if (!values.is_array()) return refuse("is not an array of values", path);
  if (values.size() > most_values)
    return refuse(fmt::format("has more than {} values", most_values), path);
  if (!std::all_of(values.begin(), values.end(), is_scalar))
    return refuse("is not an array of texts, numbers and booleans", path);
  return {};
}

Status compile(FilterNode& node, const std::string& path) {
  RE2::Options options(RE2::Quiet);
  options.set_case_sensitive(node.op == FilterOp::like);
  options.set_dot_nl(true);
  auto pattern = std::make_shared<RE2>(
      node.op == FilterOp::like ? node.text : RE2::QuoteMeta(node.text), options);
  if (!pattern->ok())
    return refuse(fmt::format("is not a regular expression: {}", pattern->error()), path);
  node.pattern = std::move(pattern);
  return {};
}

Status take_operand(FilterNode& node, const Json& operand, const std::string& path) {
  node.operand = operand;
  if (node.op == FilterOp::in || node.op == FilterOp::nin) return check_values(operand, path);
  if (!is_scalar(operand)) return refuse("is neither a text, a number nor a boolean", path);
  node.text = sdk::text_of(operand);
  const bool matches =
      node.op == FilterOp::like || node.op == FilterOp::icontains || node.op == FilterOp::ieq;
  return matches ? compile(node, path) : Status{};
}

std::string below(const std::string& path, const std::string& key) {
  return fmt::format("{}.{}", path, base::front_of(key, most_key_shown));
}

// Keeps count of the whole filter while it is read.
class FilterParser {
 public:
  Result<FilterPart> filter(const Json& json, const std::string& path, int depth) {
    FRESHET_TRY(count(path, depth));
    if (!json.is_object()) return refuse("is not an object", path);
    std::vector<FilterPart> all;
    for (const auto& [key, value] : json.items()) {
      FRESHET_ASSIGN(all.emplace_back(), member(key, value, below(path, key), depth));
    }
    return join_parts(FilterOp::all, std::move(all));
  }

 private:
  Status count(const std::string& path, int depth) {
    if (depth > most_depth)
      return refuse(fmt::format("is nested deeper than {} levels", most_depth), path);
    if (++parts_ > most_parts)
      return refuse(fmt::format("the filter has more than {} parts", most_parts), path);
    return {};
  }

  Result<FilterPart> member(const std::string& key, const Json& value, const std::string& path,
                            int depth) {
    if (key == "$and") return list(FilterOp::all, value, path, depth);
    if (key == "$or") return list(FilterOp::any, value, path, depth);
    if (key == "$not") {
      FRESHET_ASSIGN(FilterPart part, filter(value, path, depth + 1));
      return join_parts(FilterOp::none, {std::move(part)});
    }
    if (key.starts_with('$')) return refuse_operator(key, path);
    if (value.is_object()) return tests(key, value, path, depth);
    return test(FilterOp::eq, key, value, path, depth);
  }

  Result<FilterPart> list(FilterOp op, const Json& value, const std::string& path, int depth) {
    if (!value.is_array() || value.empty()) return refuse("is not an array of filters", path);
    std::vector<FilterPart> parts;
    for (std::size_t i = 0; i < value.size(); ++i) {
      FRESHET_ASSIGN(parts.emplace_back(),
                     filter(value[i], fmt::format("{}[{}]", path, i), depth + 1));
    }
    return join_parts(op, std::move(parts));
  }

  Result<FilterPart> tests(const std::string& key, const Json& value, const std::string& path,
                           int depth) {
    if (value.empty()) return refuse("names no operator", path);
    std::vector<FilterPart> all;
    for (const auto& [name, operand] : value.items()) {
      const std::string place = below(path, name);
      FRESHET_ASSIGN(const FilterOp op, test_named(name, place));
      FRESHET_ASSIGN(all.emplace_back(), test(op, key, operand, place, depth));
    }
    return join_parts(FilterOp::all, std::move(all));
  }

  static Result<FilterOp> test_named(const std::string& name, const std::string& path) {
    for (std::size_t i = first_test; i < op_names.size(); ++i)
      if (name.starts_with('$') && op_names[i] == std::string_view(name).substr(1))
        return static_cast<FilterOp>(i);
    return refuse_operator(name, path);
  }

  Result<FilterPart> test(FilterOp op, const std::string& key, const Json& operand,
                          const std::string& path, int depth) {
    FRESHET_TRY(count(path, depth));
    auto node = std::make_shared<FilterNode>();
    node->op = op;
    node->key = key;
    FRESHET_TRY(take_operand(*node, operand, path));
    return node;
  }

  std::size_t parts_ = 0;
};

}  // namespace

FilterPart join_parts(FilterOp op, std::vector<FilterPart> parts) {
  auto joined = std::make_shared<FilterNode>();
  joined->op = op;
  for (FilterPart& part : parts) {
    if (op != FilterOp::none && part->op == op)
      joined->parts.insert(joined->parts.end(), part->parts.begin(), part->parts.end());
    else
      joined->parts.push_back(std::move(part));
  }
  const bool single = op != FilterOp::none && joined->parts.size() == 1;
  return single ? joined->parts.front() : FilterPart(std::move(joined));
}

std::string_view name_of(FilterOp op) { return op_names[static_cast<std::size_t>(op)]; }

Result<FilterPart> parse_filter(const Json& json) {
  return FilterParser().filter(json, "filter", 1);
}

}  // namespace freshet::query
