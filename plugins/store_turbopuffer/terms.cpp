#include "terms.hpp"

#include <array>
#include <charconv>
#include <set>

#include <freshet/sdk/compare.hpp>

namespace store_turbopuffer {
namespace {

constexpr std::size_t most_term = 2000;  // bytes; of the 4,096 that turbopuffer indexes
constexpr const char* attribute = "freshet_terms";

std::string number_text(double number) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, number + 0.0).ptr};  // no -0
}

std::string scalar_text(const Json& value) {
  return value.is_number() ? number_text(value.get<double>()) : value.dump();
}

std::string in_brackets(bool element, const std::string& text) {
  return element ? '[' + text + ']' : text;
}

// Of one value: itself, and the number that it counts as beside a number.
template <typename Take>
void each_term(const std::string& key, const Json& value, bool element, Take&& take) {
  if (!value.is_string() && !value.is_number() && !value.is_boolean()) return;
  take(key + '=' + in_brackets(element, scalar_text(value)));
  if (!value.is_string()) return;
  if (const auto number = sdk::number_in(value))
    take(key + '=' + in_brackets(element, '(' + number_text(*number) + ')'));
}

// The terms of which a row has one where its value equals this one.
std::vector<std::string> equal_terms(const std::string& key, const Json& value, bool element) {
  std::vector<std::string> terms = {key + '=' + in_brackets(element, scalar_text(value))};
  const auto number = sdk::number_in(value);
  if (value.is_number())
    terms.push_back(key + '=' + in_brackets(element, '(' + number_text(*number) + ')'));
  else if (number)
    terms.push_back(key + '=' + in_brackets(element, number_text(*number)));
  return terms;
}

// Tells the parts of long texts in one row apart (FNV-1a).
std::string fingerprint(std::string_view text) {
  std::uint64_t sum = 0xcbf29ce484222325u;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  char digits[16];
  return {digits, std::to_chars(digits, digits + sizeof digits, sum, 16).ptr};
}

std::size_t cut_before(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return std::min(at, text.size());
}

// As they are written into a row.
std::vector<std::string> parts_of(const std::string& term) {
  if (term.size() <= most_term && term[0] != '#') return {term};
  std::vector<std::string_view> pieces;
  for (std::string_view left = term; !left.empty(); left.remove_prefix(pieces.back().size()))
    pieces.push_back(left.substr(0, cut_before(left, most_term)));
  const std::string name = '/' + std::to_string(pieces.size()) + ':' + fingerprint(term) + ':';
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < pieces.size(); ++i)
    parts.push_back('#' + std::to_string(i) + name + std::string(pieces[i]));
  return parts;
}

Json contains(const std::string& part) { return Json::array({attribute, "Contains", part}); }

// An "and" or "or" of none is no filter to turbopuffer.
Json joined(const char* how, std::vector<Json> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return Json::array({how, std::move(parts)});
}

Json always() { return Json::array({"freshet", "Eq", true}); }
Json never() { return Json::array({"freshet", "Eq", false}); }
Json negated(Json filter) { return Json::array({"Not", std::move(filter)}); }

Json any_of(const std::vector<std::string>& terms) {
  std::vector<Json> clauses;
  Json short_ones = Json::array();
  for (const std::string& term : terms) {
    std::vector<Json> parts;
    for (const std::string& part : parts_of(term)) parts.push_back(contains(part));
    if (parts.size() > 1)
      clauses.push_back(joined("And", std::move(parts)));
    else
      short_ones.push_back(parts.front()[2]);
  }
  if (short_ones.size() == 1)
    clauses.push_back(Json::array({attribute, "Contains", short_ones[0]}));
  else if (!short_ones.empty())
    clauses.push_back(Json::array({attribute, "ContainsAny", short_ones}));
  return clauses.empty() ? never() : joined("Or", std::move(clauses));
}

Json one_of(const std::string& key, const Json& values, bool element) {
  std::vector<std::string> terms;
  for (const Json& value : values)
    for (std::string& term : equal_terms(key, value, element)) terms.push_back(std::move(term));
  return any_of(terms);
}

Json all_parts(const sdk::Filter& filter, const char* how, Json none) {
  std::vector<Json> parts;
  for (const sdk::Filter& part : filter.parts) parts.push_back(filters_of(part));
  return parts.empty() ? none : joined(how, std::move(parts));
}

}  // namespace

std::vector<std::string> terms_of(const sdk::Record& record) {
  std::set<std::string> all;
  const auto take = [&](const std::string& term) {
    for (std::string& part : parts_of(term)) all.insert(std::move(part));
  };
  const std::array<std::pair<const char*, std::string_view>, 4> built_in = {
      {{"uri", record.uri}, {"title", record.title}, {"url", record.url}, {"path", record.path}}};
  Json given = Json::parse(record.metadata, nullptr, false);
  if (!given.is_object()) given = Json::object();
  for (const auto& [key, value] : built_in) given[key] = std::string(value);
  for (const auto& [key, value] : given.items()) {
    each_term(key, value, false, take);
    if (!value.is_array()) continue;
    for (const Json& element : value) each_term(key, element, true, take);
  }
  return {all.begin(), all.end()};
}

Json filters_of(const sdk::Filter& filter) {
  switch (filter.op) {
    case FRESHET_FILTER_AND:
      return all_parts(filter, "And", always());
    case FRESHET_FILTER_OR:
      return all_parts(filter, "Or", never());
    case FRESHET_FILTER_NOT:
      return negated(filters_of(filter.parts.front()));
    case FRESHET_FILTER_EQ:
      return one_of(filter.key, Json::array({filter.value}), false);
    case FRESHET_FILTER_NE:
      return negated(one_of(filter.key, Json::array({filter.value}), false));
    case FRESHET_FILTER_IN:
      return one_of(filter.key, filter.value, false);
    case FRESHET_FILTER_NIN:
      return negated(one_of(filter.key, filter.value, false));
    case FRESHET_FILTER_HAS:
      return one_of(filter.key, Json::array({filter.value}), true);
    default:
      throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "is tested with what turbopuffer cannot test",
                         filter.key);
  }
}

Json own_rows(const Json& filter) {
  if (filter.is_null()) return always();
  return joined("And", {always(), filter});
}

}  // namespace store_turbopuffer
