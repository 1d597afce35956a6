#include "rank.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <new>
#include <vector>

namespace store_sqlite {
namespace {

// The columns of the index, in their order: title, path, text, names, parts. These numbers were chosen on
// tests/fixtures/questions, as docs/benchmarks.md tells.
struct Field {
  double weight;
  double by_length;  // BM25's b: 0, the length does not matter, to 1
};
constexpr std::array<Field, 5> fields = {{{2, 0.75}, {1, 0.75}, {1, 0.75}, {8, 0}, {0.5, 0.75}}};
constexpr double bound = 1.2;     // BM25's k1
constexpr double coverage = 0.3;  // how much of a score depends on which of the terms are there

// What is the same for all rows of a query.
struct Query {
  std::vector<double> weights;  // of each term: its inverse document frequency
  double total = 0;
  std::array<double, fields.size()> average{};  // tokens of each field
};

int count_row(const Fts5ExtensionApi*, Fts5Context*, void* rows) {
  ++*static_cast<sqlite3_int64*>(rows);
  return SQLITE_OK;
}

int weigh_terms(const Fts5ExtensionApi* api, Fts5Context* fts, sqlite3_int64 all, Query& query) {
  for (int phrase = 0; phrase < api->xPhraseCount(fts); ++phrase) {
    sqlite3_int64 rows = 0;
    if (const int code = api->xQueryPhrase(fts, phrase, &rows, count_row); code != SQLITE_OK)
      return code;
    const auto with = static_cast<double>(rows);
    query.weights.push_back(
        std::log(1 + (static_cast<double>(std::max(all, rows)) - with + 0.5) / (with + 0.5)));
    query.total += query.weights.back();
  }
  return SQLITE_OK;
}

int prepare(const Fts5ExtensionApi* api, Fts5Context* fts, Query& query) {
  sqlite3_int64 all = 0;
  if (const int code = api->xRowCount(fts, &all); code != SQLITE_OK) return code;
  for (std::size_t field = 0; field < fields.size(); ++field) {
    sqlite3_int64 tokens = 0;
    const int code = api->xColumnTotalSize(fts, static_cast<int>(field), &tokens);
    if (code != SQLITE_OK) return code;
    query.average[field] = std::max(
        1e-3, static_cast<double>(tokens) / static_cast<double>(std::max<sqlite3_int64>(all, 1)));
  }
  return weigh_terms(api, fts, all, query);
}

int query_of(const Fts5ExtensionApi* api, Fts5Context* fts, Query*& query) {
  query = static_cast<Query*>(api->xGetAuxdata(fts, 0));
  if (query != nullptr) return SQLITE_OK;
  auto made = std::make_unique<Query>();
  if (const int code = prepare(api, fts, *made); code != SQLITE_OK) return code;
  query = made.release();  // FTS5 frees it, also where it cannot keep it
  return api->xSetAuxdata(fts, query, [](void* kept) { delete static_cast<Query*>(kept); });
}

// How often each term is in this row: weighted by its fields, and measured by their lengths.
int frequencies(const Fts5ExtensionApi* api, Fts5Context* fts, const Query& query,
                std::vector<double>& out) {
  std::array<double, fields.size()> each{};
  for (std::size_t field = 0; field < fields.size(); ++field) {
    int tokens = 0;
    if (const int code = api->xColumnSize(fts, static_cast<int>(field), &tokens); code != SQLITE_OK)
      return code;
    const double b = fields[field].by_length;
    each[field] = fields[field].weight / (1 - b + b * tokens / query.average[field]);
  }
  int instances = 0;
  if (const int code = api->xInstCount(fts, &instances); code != SQLITE_OK) return code;
  for (int i = 0; i < instances; ++i) {
    int phrase = 0, field = 0, offset = 0;
    if (const int code = api->xInst(fts, i, &phrase, &field, &offset); code != SQLITE_OK)
      return code;
    out[static_cast<std::size_t>(phrase)] += each[static_cast<std::size_t>(field)];
  }
  return SQLITE_OK;
}

int score(const Fts5ExtensionApi* api, Fts5Context* fts, double& out) {
  Query* query = nullptr;
  if (const int code = query_of(api, fts, query); code != SQLITE_OK) return code;
  std::vector<double> found(query->weights.size());
  if (const int code = frequencies(api, fts, *query, found); code != SQLITE_OK) return code;
  double sum = 0, covered = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] == 0) continue;
    sum += query->weights[i] * found[i] / (found[i] + bound);
    covered += query->weights[i];
  }
  out = sum / query->total * (1 - coverage + coverage * covered / query->total);
  return SQLITE_OK;
}

void rank(const Fts5ExtensionApi* api, Fts5Context* fts, sqlite3_context* context, int,
          sqlite3_value**) try {
  double fit = 0;
  const int code = score(api, fts, fit);
  if (code != SQLITE_OK) return sqlite3_result_error_code(context, code);
  sqlite3_result_double(context, -fit);
} catch (const std::bad_alloc&) {
  sqlite3_result_error_nomem(context);
}

}  // namespace

// As https://www.sqlite.org/fts5.html#extending_fts5 says.
int add_rank_function(sqlite3* connection) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(connection, "SELECT fts5(?1)", -1, &statement, nullptr);
  if (code == SQLITE_OK) code = sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", nullptr);
  if (code == SQLITE_OK) sqlite3_step(statement);
  const int ended = sqlite3_finalize(statement);
  if (code == SQLITE_OK) code = ended;
  if (code != SQLITE_OK) return code;
  if (api == nullptr) return SQLITE_ERROR;
  return api->xCreateFunction(api, "freshet_rank", nullptr, rank, nullptr);
}

}  // namespace store_sqlite
