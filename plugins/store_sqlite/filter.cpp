#include "filter.hpp"

#include <re2/re2.h>

#include <algorithm>

#include <freshet/sdk/compare.hpp>

namespace store_sqlite {

using Json = nlohmann::json;
using sdk::equals;
using sdk::Order;
using sdk::order;
using sdk::text_of;

struct Filter::Node {
  std::uint32_t op = FRESHET_FILTER_AND;
  std::vector<Node> parts = {};
  std::string key = {};  // of a test
  Json operand = {};
  std::string text = {};                    // the operand of a test of texts
  std::unique_ptr<const RE2> pattern = {};  // of like, icontains and ieq
};

namespace {

constexpr std::uint32_t patterns =
    FRESHET_FILTER_LIKE | FRESHET_FILTER_ICONTAINS | FRESHET_FILTER_IEQ;

std::unique_ptr<const RE2> pattern_of(const Filter::Node& node) {
  const bool written = node.op == FRESHET_FILTER_LIKE;
  RE2::Options options(RE2::Quiet);
  options.set_case_sensitive(written);
  options.set_dot_nl(true);
  auto pattern =
      std::make_unique<const RE2>(written ? node.text : RE2::QuoteMeta(node.text), options);
  if (!pattern->ok())
    throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT,
                       "is not a regular expression: " + pattern->error(), node.key);
  return pattern;
}

Filter::Node prepared(const sdk::Filter& filter) {
  Filter::Node node;
  node.op = filter.op;
  for (const sdk::Filter& part : filter.parts) node.parts.push_back(prepared(part));
  node.key = filter.key;
  node.operand = filter.value;
  node.text = text_of(node.operand);
  if ((node.op & patterns) != 0) node.pattern = pattern_of(node);
  return node;
}

// Parses the metadata once, and only if a test asks for it.
class Row {
 public:
  explicit Row(const Fields& fields) : fields_(fields) {}

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

bool test(const Filter::Node& node, const Json* value) {
  const auto equals_one = [&](const Json& other) { return equals(*value, other); };
  const auto& operand = node.operand;
  if (value == nullptr) return (node.op & (FRESHET_FILTER_NE | FRESHET_FILTER_NIN)) != 0;
  switch (node.op) {
    case FRESHET_FILTER_EQ:
      return equals(*value, operand);
    case FRESHET_FILTER_NE:
      return !equals(*value, operand);
    case FRESHET_FILTER_GT:
      return order(*value, operand) == Order::greater;
    case FRESHET_FILTER_GTE:
      return order(*value, operand) == Order::greater || order(*value, operand) == Order::equal;
    case FRESHET_FILTER_LT:
      return order(*value, operand) == Order::less;
    case FRESHET_FILTER_LTE:
      return order(*value, operand) == Order::less || order(*value, operand) == Order::equal;
    case FRESHET_FILTER_IN:
      return std::any_of(operand.begin(), operand.end(), equals_one);
    case FRESHET_FILTER_NIN:
      return std::none_of(operand.begin(), operand.end(), equals_one);
    case FRESHET_FILTER_CONTAINS:
      return text_of(*value).find(node.text) != std::string::npos;
    case FRESHET_FILTER_STARTS_WITH:
      return text_of(*value).starts_with(node.text);
    case FRESHET_FILTER_ENDS_WITH:
      return text_of(*value).ends_with(node.text);
    case FRESHET_FILTER_ICONTAINS:
    case FRESHET_FILTER_LIKE:
      return RE2::PartialMatch(text_of(*value), *node.pattern);
    case FRESHET_FILTER_IEQ:
      return RE2::FullMatch(text_of(*value), *node.pattern);
    case FRESHET_FILTER_HAS:
      return value->is_array() && std::any_of(value->begin(), value->end(), [&](const Json& item) {
               return equals(item, operand);
             });
    default:
      return false;
  }
}

bool holds(const Filter::Node& node, Row& row) {
  const auto one = [&](const Filter::Node& part) { return holds(part, row); };
  switch (node.op) {
    case FRESHET_FILTER_AND:
      return std::all_of(node.parts.begin(), node.parts.end(), one);
    case FRESHET_FILTER_OR:
      return std::any_of(node.parts.begin(), node.parts.end(), one);
    case FRESHET_FILTER_NOT:
      return std::none_of(node.parts.begin(), node.parts.end(), one);
    default:
      return test(node, row.value(node.key));
  }
}

}  // namespace

Filter::Filter(const sdk::Filter& filter) : root_(std::make_shared<const Node>(prepared(filter))) {}

bool Filter::matches(const Fields& fields) const {
  Row row(fields);
  return holds(*root_, row);
}

}  // namespace store_sqlite
