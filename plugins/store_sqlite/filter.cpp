#include "filter.hpp"

#include "compare.hpp"
#include "filter_node.hpp"

namespace store_sqlite {
namespace {

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
  if (value == nullptr) return node.op == Op::ne || node.op == Op::nin;
  switch (node.op) {
    case Op::eq:
      return equals(*value, operand);
    case Op::ne:
      return !equals(*value, operand);
    case Op::gt:
      return order(*value, operand) == Order::greater;
    case Op::gte:
      return order(*value, operand) == Order::greater || order(*value, operand) == Order::equal;
    case Op::lt:
      return order(*value, operand) == Order::less;
    case Op::lte:
      return order(*value, operand) == Order::less || order(*value, operand) == Order::equal;
    case Op::in:
      return std::any_of(operand.begin(), operand.end(), equals_one);
    case Op::nin:
      return std::none_of(operand.begin(), operand.end(), equals_one);
    case Op::contains:
      return text_of(*value).find(node.text) != std::string::npos;
    case Op::starts_with:
      return text_of(*value).starts_with(node.text);
    case Op::ends_with:
      return text_of(*value).ends_with(node.text);
    case Op::icontains:
    case Op::like:
      return RE2::PartialMatch(text_of(*value), *node.pattern);
    case Op::ieq:
      return RE2::FullMatch(text_of(*value), *node.pattern);
    case Op::has:
      return value->is_array() && std::any_of(value->begin(), value->end(), [&](const Json& item) {
               return equals(item, operand);
             });
    default:
      return false;
  }
}

bool holds(const Filter::Node& node, Row& row) {
  const auto one = [&](const std::unique_ptr<Filter::Node>& child) { return holds(*child, row); };
  switch (node.op) {
    case Op::all:
      return std::all_of(node.children.begin(), node.children.end(), one);
    case Op::any:
      return std::any_of(node.children.begin(), node.children.end(), one);
    case Op::none:
      return std::none_of(node.children.begin(), node.children.end(), one);
    default:
      return test(node, row.value(node.key));
  }
}

}  // namespace

Filter::Filter(std::string_view json) : root_(parse_filter(json)) {}
Filter::~Filter() = default;

bool Filter::matches(const Fields& fields) const {
  Row row(fields);
  return holds(*root_, row);
}

}  // namespace store_sqlite
