#include "check.hpp"

namespace store_sqlite {
namespace {

using sdk::Failure;

// Of a namespace that is there.
class Check {
 public:
  Check(Connection& connection, const Known& known, const sdk::TextSink& finding)
      : connection_(connection), known_(known), finding_(finding) {}

  void description(const sdk::Namespace& wanted) {
    if (known_.dimension != wanted.dimension || known_.model != wanted.model)
      finding_("the namespace is said to hold other vectors than it was made for");
  }

  // The tokenizer and the weights: another one finds other rows without any error.
  void settings() {
    Statement schema = connection_.prepare("SELECT sql FROM sqlite_schema WHERE name = ?");
    const std::string words = known_.words();
    schema.bind(1, words);
    bool as_made = schema.step() && schema.text(0) == words_table(known_);
    Statement setting = connection_.prepare("SELECT v FROM " + words + "_config WHERE k = ?");
    for (const Setting& each : words_settings) {
      setting.again();
      setting.bind(1, each.key);
      as_made = as_made && setting.step() && setting.text(0) == each.value;
    }
    if (!as_made) finding_("the settings of the word index are not those it was made with");
  }

  // FTS5 compares the index with itself, or with the rows, too.
  void words(bool with_rows) {
    const std::string words = known_.words();
    try {
      connection_.execute("INSERT INTO " + words + "(" + words + ", rank) VALUES(" +
                          "'integrity-check', " + (with_rows ? "1)" : "0)"));
    } catch (const Failure& failure) {
      if (failure.status != FRESHET_E_CORRUPT) throw;
      finding_("the word index is damaged");
    }
  }

  void vectors() {
    const std::string rows = known_.rows(), vectors = known_.vectors();
    count("SELECT count(*) FROM " + vectors +
              " WHERE typeof(vector) <> 'blob' OR length(vector) <> " +
              std::to_string(known_.dimension * sizeof(float)),
          " vectors have a wrong size");
    count("SELECT count(*) FROM " + vectors + " WHERE n NOT IN (SELECT n FROM " + rows + ")",
          " vectors belong to no row");
    if (known_.dimension != 0)
      count("SELECT count(*) FROM " + rows + " WHERE n NOT IN (SELECT n FROM " + vectors + ")",
            " rows have no vector");
  }

 private:
  void count(const std::string& sql, const char* what) {
    if (const std::int64_t found = connection_.number(sql); found != 0)
      finding_(std::to_string(found) + what);
  }

  Connection& connection_;
  const Known& known_;
  const sdk::TextSink& finding_;
};

}  // namespace

void check_file(Connection& connection, bool deep) {
  Statement check =
      connection.prepare(deep ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)");
  std::string said = check.step() ? std::string(check.text(0)) : "nothing can be read";
  for (char& each : said)
    if (each == '\n') each = ' ';
  if (said != "ok") throw Failure(FRESHET_E_CORRUPT, "is damaged: " + said, connection.file());
  if (connection.number("PRAGMA user_version") != format)
    throw Failure(FRESHET_E_CORRUPT, "is damaged: its header has no format", connection.file());
}

void check_namespace(Connection& connection, const sdk::Namespace& wanted, bool deep,
                     const sdk::TextSink& finding) {
  const auto known = lookup_namespace(connection, wanted.name);
  if (!known) return;
  Check check(connection, *known, finding);
  check.description(wanted);
  check.settings();
  check.words(deep);
  check.vectors();
}

}  // namespace store_sqlite
