#include "core/query/filter.hpp"

#include <algorithm>

#include <freshet/sdk/compare.hpp>

#include "core/query/filter_node.hpp"

namespace freshet::query {
namespace {

using base::Json;
using sdk::equals;
using sdk::Order;
using sdk::order;
using sdk::text_of;

// Parses the metadata once, and only if a test asks for it.
class FilteredRow {
 public:
  explicit FilteredRow(const Fields& fields) : fields_(fields) {}

  // Null: the row has no such key.
  const Json* value(const std::string& key) {
    if (const std::string_view* field = built_in(key))
      return &(scratch_ = Json(std::string(*field)));
    if (!parsed_) {
      metadata_ = Json::parse(fields_.metadata, nullptr, false);
      parsed_ = true;
    }
    if (!metadata_.is_object()) return nullptr;
    const auto found = metadata_.find(key);
    return found == metadata_.end() || found->is_null() ? nullptr : &*found;
  }

 private:
  const std::string_view* built_in(const std::string& key) const {
    if (key == "uri") return &fields_.uri;
    if (key == "title") return &fields_.title;
    if (key == "url") return &fields_.url;
    return key == "path" ? &fields_.path : nullptr;
  }

  const Fields& fields_;
  Json metadata_;
  Json scratch_;
  bool parsed_ = false;
};

bool is_one_of(const Json& value, const Json& all) {
  return std::any_of(all.begin(), all.end(), [&](const Json& each) { return equals(value, each); });
}

bool test_text(const FilterNode& node, const std::string& text) {
  switch (node.op) {
    case FilterOp::contains:
      return text.find(node.text) != std::string::npos;
    case FilterOp::starts_with:
      return text.starts_with(node.text);
    case FilterOp::ends_with:
      return text.ends_with(node.text);
    case FilterOp::ieq:
      return RE2::FullMatch(text, *node.pattern);
    default:  // icontains, like
      return RE2::PartialMatch(text, *node.pattern);
  }
}

bool test(const FilterNode& node, const Json* value) {
  const Json& operand = node.operand;
  if (value == nullptr) return node.op == FilterOp::ne || node.op == FilterOp::nin;
  const auto is = [&](Order wanted) { return order(*value, operand) == wanted; };
  switch (node.op) {
    case FilterOp::eq:
      return equals(*value, operand);
    case FilterOp::ne:
      return !equals(*value, operand);
    case FilterOp::gt:
      return is(Order::greater);
    case FilterOp::gte:
      return is(Order::greater) || is(Order::equal);
    case FilterOp::lt:
      return is(Order::less);
    case FilterOp::lte:
      return is(Order::less) || is(Order::equal);
    case FilterOp::in:
      return is_one_of(*value, operand);
    case FilterOp::nin:
      return !is_one_of(*value, operand);
    case FilterOp::has:
      return value->is_array() && is_one_of(operand, *value);
    default:
      return test_text(node, text_of(*value));
  }
}

bool holds(const FilterNode& node, FilteredRow& row) {
  const auto one = [&](const FilterPart& part) { return holds(*part, row); };
  switch (node.op) {
    case FilterOp::all:
      return std::all_of(node.parts.begin(), node.parts.end(), one);
    case FilterOp::any:
      return std::any_of(node.parts.begin(), node.parts.end(), one);
    case FilterOp::none:
      return std::none_of(node.parts.begin(), node.parts.end(), one);
    default:
      return test(node, row.value(node.key));
  }
}

Json to_json(const FilterNode& node) {
  Json array = Json::array({std::string(name_of(node.op))});
  const bool joins = node.op <= FilterOp::none;
  for (const FilterPart& part : node.parts) array.push_back(to_json(*part));
  if (!joins) array.push_back(node.key);
  if (!joins) array.push_back(node.operand);
  return array;
}

bool can_test(const FilterNode& node, std::uint32_t operators) {
  return (operators & ports::bit(node.op)) != 0 &&
         std::all_of(node.parts.begin(), node.parts.end(),
                     [&](const FilterPart& part) { return can_test(*part, operators); });
}

}  // namespace

base::Result<Filter> Filter::parse(const base::Json& json) {
  FRESHET_ASSIGN(FilterPart root, parse_filter(json));
  return Filter(std::move(root));
}

bool Filter::is_empty() const { return root_->op == FilterOp::all && root_->parts.empty(); }

std::string Filter::text() const { return base::dump_json(to_json(*root_)); }

bool Filter::matches(const Fields& fields) const {
  FilteredRow row(fields);
  return holds(*root_, row);
}

Filter::Split Filter::split(std::uint32_t operators) const {
  const bool can_join = (operators & ports::bit(FilterOp::all)) != 0;
  const std::vector<FilterPart> single = {root_};
  std::vector<FilterPart> asked, rest;
  for (const FilterPart& part : root_->op == FilterOp::all ? root_->parts : single) {
    const bool fits = (asked.empty() || can_join) && can_test(*part, operators);
    (fits ? asked : rest).push_back(part);
  }
  return {Filter(join_parts(FilterOp::all, std::move(asked))),
          Filter(join_parts(FilterOp::all, std::move(rest)))};
}

}  // namespace freshet::query
