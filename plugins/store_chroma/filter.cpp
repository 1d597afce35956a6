#include "filter.hpp"

#include <freshet/sdk/compare.hpp>

namespace store_chroma {
namespace {

// Whether the value of `key` is one of `values`, or none of them. Chroma compares within a kind, and
// "$nin" holds where there is no such key, as it should.
Json membership(const std::string& key, const Json& values, bool inside) {
  Json texts = Json::array(), truths = Json::array(), numbers = Json::array(),
       beside_texts = Json::array();
  for (const Json& value : values) {
    if (value.is_string()) texts.push_back(value);
    if (value.is_boolean()) truths.push_back(value);
    if (const auto number = sdk::number_in(value)) numbers.push_back(*number);
    if (value.is_number()) beside_texts.push_back(value.get<double>());
  }
  Json parts = Json::array();
  const auto test = [&](const std::string& name, const Json& some) {
    if (!some.empty()) parts.push_back({{name, {{inside ? "$in" : "$nin", some}}}});
  };
  test(key, texts);
  test(key, truths);
  test(key, numbers);
  test("freshet_number." + key, beside_texts);
  if (parts.size() == 1) return parts.front();
  return {{inside ? "$or" : "$and", parts}};
}

// There is no "$not": it goes down to the tests.
Json clause(const sdk::Filter& filter, bool holds) {
  const auto joined = [&](bool all) {
    Json parts = Json::array();
    for (const sdk::Filter& part : filter.parts) parts.push_back(clause(part, holds));
    return Json{{all == holds ? "$and" : "$or", parts}};
  };
  switch (filter.op) {
    case FRESHET_FILTER_AND:
      return joined(true);
    case FRESHET_FILTER_OR:
      return joined(false);
    case FRESHET_FILTER_NOT:
      return clause(filter.parts.front(), !holds);
    case FRESHET_FILTER_EQ:
      return membership(filter.key, Json::array({filter.value}), holds);
    case FRESHET_FILTER_NE:
      return membership(filter.key, Json::array({filter.value}), !holds);
    case FRESHET_FILTER_IN:
      return membership(filter.key, filter.value, holds);
    case FRESHET_FILTER_NIN:
      return membership(filter.key, filter.value, !holds);
    default:
      throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "is tested with what Chroma cannot test",
                         filter.key);
  }
}

}  // namespace

Json where_of(const sdk::Filter& filter) { return clause(filter, true); }

}  // namespace store_chroma
