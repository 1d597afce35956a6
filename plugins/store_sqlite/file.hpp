// store_sqlite/file.hpp - the store's file: its making, its format, and the connections to it.
//
// Each namespace has tables of its own, by the number in the table `namespaces`: rows_7 holds the
// rows, words_7 the FTS5 index over their texts (which are not stored again), codes_7 and rests_7 the
// vectors, apart from the rows so that a search reads little else (blocks.hpp).
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sqlite.hpp"

namespace store_sqlite {

inline constexpr std::int64_t application = 0x46725368;  // "FrSh", in the header of each file

// Another format has another text of this table, too: a header that is damaged is told from one of
// a newer freshet by it. `analysis` says how the words of a namespace were made of its texts; `changes` counts the writes to it.
inline constexpr std::int64_t format = 3;
inline constexpr std::int64_t analysis = 3;
inline constexpr const char* namespaces_table =
    "CREATE TABLE namespaces(number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
    " dimension INTEGER NOT NULL, model TEXT NOT NULL, analysis INTEGER NOT NULL DEFAULT 1,"
    " changes INTEGER NOT NULL DEFAULT 0)";
inline constexpr const char* namespaces_table_2 =
    "CREATE TABLE namespaces(number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
    " dimension INTEGER NOT NULL, model TEXT NOT NULL, analysis INTEGER NOT NULL DEFAULT 1)";
inline constexpr const char* namespaces_table_1 =
    "CREATE TABLE namespaces(number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
    " dimension INTEGER NOT NULL, model TEXT NOT NULL)";
bool is_namespaces_table(const std::string& sql);  // of this format, or of one before
inline constexpr const char* namespaces_sql =
    "SELECT sql FROM sqlite_schema WHERE name = 'namespaces'";

struct Options {
  std::string path;
  bool allow_shared = false;
  std::int64_t busy_ms = 30'000;
  std::uint64_t cache_bytes = 8u << 20;
};

// A namespace as the file knows it.
struct Known {
  std::int64_t number = 0;
  std::uint32_t dimension = 0;  // 0: no vectors
  std::string model;

  std::string rows() const { return "rows_" + std::to_string(number); }
  std::string words() const { return "words_" + std::to_string(number); }
  std::string codes() const { return "codes_" + std::to_string(number); }
  std::string rests() const { return "rests_" + std::to_string(number); }
  std::string holes() const { return "holes_" + std::to_string(number); }
};

// The index of words. '_' belongs to words, so that names in code stay whole, and so do the marks that
// scripts of India and South East Asia write their vowels with.
std::string words_table(const Known& known);

// Empty, with its settings.
void create_words(Connection& connection, const Known& known);

// Commits write many small segments: merging less often, in larger pages, costs searches little.
struct Setting {
  const char* key;
  const char* value;
};
inline constexpr Setting words_settings[] = {{"automerge", "8"},
                                             {"crisismerge", "32"},
                                             {"hashsize", "8388608"},
                                             {"rank", "bm25(4.0, 2.0, 1.0)"}};

// Thread-safe. Any number of readers beside one writer.
class File {
 public:
  explicit File(const Options& options);

  // A reader's connection, or the writer's, for as long as the lease lives.
  class Lease {
   public:
    Lease(File& file, std::unique_ptr<Connection> connection, const sdk::Call& call,
          std::unique_lock<std::mutex> alone = {});
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    File& file_;
    std::unique_lock<std::mutex> alone_;  // held where nobody else may have a connection
    std::unique_ptr<Connection> connection_;
  };
  Lease read(const sdk::Call& call);

  // A connection more for a search that has one; none where no other is to be had.
  std::optional<Lease> read_beside(const sdk::Call& call);

  // Runs `write` with the writer's connection, one at a time, in a transaction.
  template <typename Write>
  void write(const sdk::Call& call, Write&& body) {
    const std::lock_guard lock(writing_);
    if (!writer_) open_writer(false);
    writer_->watch(&call);
    const Unwatch unwatch{*writer_};
    Transaction transaction(*writer_);
    body(*writer_);
    writer_->watch(nullptr);  // what is about to be kept is not cancelled
    transaction.commit();
  }

 private:
  struct Unwatch {
    Connection& connection;
    ~Unwatch() { connection.watch(nullptr); }
  };

  void open_writer(bool created);
  std::unique_ptr<Connection> resting_or_new();
  Lease read_without_writing(const sdk::Call& call);

  Options options_;  // unchanged once open
  std::mutex writing_;
  std::unique_ptr<Connection> writer_;   // none: reading is all that can be done
  std::atomic<bool> reads_only_{false};  // the same, for readers, who do not take `writing_`
  std::mutex resting_mutex_;
  std::vector<std::unique_ptr<Connection>> resting_;  // readers that nobody uses now
};

std::optional<Known> lookup_namespace(Connection& connection, const std::string& name);

std::vector<std::string> namespace_names(Connection& connection);

// Fails with FRESHET_E_NOT_FOUND where there is none.
Known find_namespace(Connection& connection, const std::string& name);

// Creates it; fails with FRESHET_E_INVALID_ARGUMENT where it exists and differs.
void ensure_namespace(Connection& connection, const sdk::Namespace& wanted);

void drop_namespace(Connection& connection, const std::string& name);

// Gives the namespace `by` the name `name`, in the place of what had it; without effect where that
// was done before. Fails with FRESHET_E_NOT_FOUND where there is no `by`.
void replace_namespace(Connection& connection, const std::string& name, const std::string& by);

}  // namespace store_sqlite
