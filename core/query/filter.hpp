// core/query/filter.hpp - the filter language of docs/filters.md: read once, then only asked.
//
// Immutable, so any thread may ask; cheap to copy, since its parts are shared.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/json.hpp"
#include "core/ports/store.hpp"

namespace freshet::query {

// What a filter sees of a row. Borrowed.
struct Fields {
  std::string_view uri, title, url, path;
  std::string_view metadata;  // a JSON object
};

struct FilterNode;

class Filter {
 public:
  // Fails with invalid_argument, naming the place in the filter and, where one is near, the
  // operator that was meant.
  static base::Result<Filter> parse(const base::Json& json);

  // It holds for every row.
  bool is_empty() const;

  // As stores are given it: nested arrays, such as ["and",["eq","lang","en"],["gt","year",2020]].
  std::string text() const;

  bool matches(const Fields& row) const;

  // What a store that tests `operators` can be asked for, and the rest; it holds where both hold.
  struct Split;
  Split split(std::uint32_t operators) const;

 private:
  explicit Filter(std::shared_ptr<const FilterNode> root) : root_(std::move(root)) {}
  std::shared_ptr<const FilterNode> root_;
};

struct Filter::Split {
  Filter asked, rest;
};

}  // namespace freshet::query
