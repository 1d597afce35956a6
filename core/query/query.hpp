// core/query/query.hpp - finds chunks in the store that the repository delivers to.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/ports/catalog.hpp"
#include "core/ports/store.hpp"
#include "core/query/filter.hpp"
#include "core/query/sift.hpp"
#include "core/repository/repository.hpp"

namespace freshet::query {

struct Query {
  std::string text;
  std::uint32_t limit = 10;
  // Absent: hybrid where the store can and there is an embedder, else vector, else text.
  std::optional<ports::SearchMode> mode;
  std::optional<Filter> filter = {};
  std::span<const float> vector = {};  // what to look for in place of a text; empty: the text
  repository::TargetNumber target =
      0;  // whose store is asked; 0: the live one of the smallest number
};

// Holds the store and the embedder of a repository open between queries. Thread-safe. The
// repository outlives it.
class Searcher {
 public:
  // What is searched with this target; 0: the live one of the smallest number. Fails with not_found
  // where nothing was delivered yet, or the target is none that is live.
  static base::Result<repository::KnownTarget> find(const repository::Repository& repository,
                                                    repository::TargetNumber target);
  static base::Result<std::unique_ptr<Searcher>> open(const repository::Repository& repository,
                                                      ports::Catalog& catalog,
                                                      const repository::KnownTarget& known);
  base::Result<Answer> run(const Query& query, const base::Cancel& cancel);

 private:
  Searcher() = default;
  base::Status check_vector(std::span<const float> vector) const;
  base::Result<ports::SearchMode> choose_mode(const Query& query) const;
  base::Result<std::vector<ports::Hit>> search(const ports::Search& search,
                                               const base::Cancel& cancel);
  base::Result<Answer> search_filtered(ports::Search search, const Filter& filter,
                                       const base::Cancel& cancel);
  base::Result<std::vector<float>> vector_of(const Query& query, const base::Cancel& cancel);
  base::Status look_up(Answer& answer) const;
  const repository::Repository* repository_ = nullptr;
  std::string name_;  // that the store knows the rows under
  std::unique_ptr<ports::Store> store_;
  std::unique_ptr<ports::Embedder> embedder_;  // null: none
  std::uint32_t dimension_ = 0;                // of the rows' vectors
};

base::Result<ports::SearchMode> parse_mode(std::string_view text);  // "text", "vector", "hybrid"

}  // namespace freshet::query
