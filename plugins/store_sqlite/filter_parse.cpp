#include <array>

#include "compare.hpp"
#include "filter_node.hpp"
#include "sdk/call.hpp"

namespace store_sqlite {
namespace {

using freshet::sdk::Failure;
using Node = Filter::Node;
using NodePtr = std::unique_ptr<Node>;

constexpr int most_depth = 32;
constexpr std::size_t most_nodes = 1000;
constexpr std::size_t most_values = 10'000;

struct Named {
  std::string_view name;
  Op op;
};

constexpr std::array<Named, 15> tests = {{{"$eq", Op::eq},
                                          {"$ne", Op::ne},
                                          {"$gt", Op::gt},
                                          {"$gte", Op::gte},
                                          {"$lt", Op::lt},
                                          {"$lte", Op::lte},
                                          {"$in", Op::in},
                                          {"$nin", Op::nin},
                                          {"$contains", Op::contains},
                                          {"$icontains", Op::icontains},
                                          {"$ieq", Op::ieq},
                                          {"$starts_with", Op::starts_with},
                                          {"$ends_with", Op::ends_with},
                                          {"$like", Op::like},
                                          {"$has", Op::has}}};

[[noreturn]] void refuse(const std::string& what, const std::string& path) {
  throw Failure(FRESHET_E_INVALID_ARGUMENT, what, path);
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

[[noreturn]] void refuse_operator(std::string_view name, const std::string& path) {
  std::string_view best = "$eq";
  std::size_t best_distance = name.size() > 64 ? 0 : distance(name, best);
  const auto consider = [&](std::string_view known) {
    if (name.size() > 64) return;
    if (const std::size_t far = distance(name, known); far < best_distance) {
      best = known;
      best_distance = far;
    }
  };
  for (const Named& each : tests) consider(each.name);
  for (const std::string_view each : {"$and", "$or", "$not"}) consider(each);
  refuse("is not a known operator; the nearest is \"" + std::string(best) + "\"", path);
}

// Keeps count of the whole filter while it is read.
class Parser {
 public:
  NodePtr filter(const Json& json, const std::string& path, int depth) {
    count(path, depth);
    if (!json.is_object()) refuse("is not an object", path);
    auto all = group(Op::all);
    for (const auto& [key, value] : json.items())
      all->children.push_back(member(key, value, below(path, key), depth));
    return all;
  }

 private:
  static NodePtr group(Op op) {
    auto node = std::make_unique<Node>();
    node->op = op;
    return node;
  }
  static std::string below(const std::string& path, const std::string& key) {
    return path + "." + key.substr(0, 100);
  }

  void count(const std::string& path, int depth) {
    if (depth > most_depth)
      refuse("is nested deeper than " + std::to_string(most_depth) + " levels", path);
    if (++nodes_ > most_nodes)
      refuse("the filter has more than " + std::to_string(most_nodes) + " parts", path);
  }

  NodePtr member(const std::string& key, const Json& value, const std::string& path, int depth) {
    if (key == "$and" || key == "$or")
      return list(key == "$and" ? Op::all : Op::any, value, path, depth);
    if (key == "$not") {
      auto none = group(Op::none);
      none->children.push_back(filter(value, path, depth + 1));
      return none;
    }
    if (key.starts_with('$')) refuse_operator(key, path);
    if (!value.is_object()) return test(Op::eq, key, value, path, depth);
    if (value.empty()) refuse("names no operator", path);
    auto all = group(Op::all);
    for (const auto& [name, operand] : value.items())
      all->children.push_back(
          test(op_of(name, below(path, name)), key, operand, below(path, name), depth));
    return all;
  }

  NodePtr list(Op op, const Json& value, const std::string& path, int depth) {
    if (!value.is_array() || value.empty()) refuse("is not an array of filters", path);
    auto node = group(op);
    for (std::size_t i = 0; i < value.size(); ++i)
      node->children.push_back(filter(value[i], path + "[" + std::to_string(i) + "]", depth + 1));
    return node;
  }

  static Op op_of(const std::string& name, const std::string& path) {
    for (const Named& each : tests)
      if (each.name == name) return each.op;
    refuse_operator(name, path);
  }

  NodePtr test(Op op, const std::string& key, const Json& operand, const std::string& path,
               int depth) {
    count(path, depth);
    auto node = group(op);
    node->key = key;
    node->operand = operand;
    if (op == Op::in || op == Op::nin) {
      check_values(operand, path);
    } else if (operand.is_structured() || operand.is_null()) {
      refuse("is neither a text, a number nor a boolean", path);
    } else if (op >= Op::contains && op != Op::has) {
      prepare_text(*node, path);
    }
    return node;
  }

  static void check_values(const Json& values, const std::string& path) {
    if (!values.is_array()) refuse("is not an array of values", path);
    if (values.size() > most_values)
      refuse("has more than " + std::to_string(most_values) + " values", path);
    for (const Json& each : values)
      if (each.is_structured() || each.is_null())
        refuse("is not an array of texts, numbers and booleans", path);
  }

  static void prepare_text(Node& node, const std::string& path) {
    node.text = text_of(node.operand);
    if (node.op == Op::contains || node.op == Op::starts_with || node.op == Op::ends_with) return;
    RE2::Options options(RE2::Quiet);
    options.set_case_sensitive(node.op == Op::like);
    options.set_dot_nl(true);
    node.pattern =
        std::make_unique<RE2>(node.op == Op::like ? node.text : RE2::QuoteMeta(node.text), options);
    if (!node.pattern->ok()) refuse("is not a regular expression: " + node.pattern->error(), path);
  }

  std::size_t nodes_ = 0;
};

}  // namespace

std::unique_ptr<Filter::Node> parse_filter(std::string_view json) {
  const Json parsed = Json::parse(json, nullptr, false);
  if (parsed.is_discarded()) refuse("is not valid JSON", "filter");
  return Parser().filter(parsed, "filter", 1);
}

}  // namespace store_sqlite
