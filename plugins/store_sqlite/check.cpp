#include "check.hpp"

#include "blocks.hpp"

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

  // `with_rests` compares each vector with what its head says of it.
  void vectors(bool with_rests) {
    if (known_.dimension == 0) return;
    if (!blocks()) return;
    Vectors vectors(connection_, known_, false);
    std::int64_t rows = 0, without = 0, unsound = 0;
    Statement row = connection_.prepare("SELECT n FROM " + known_.rows() + " ORDER BY n");
    for (; row.step(); ++rows) {
      const Head head = vectors.head(row.number(0));
      without += head.is_empty();
      if (head.is_empty()) continue;
      unsound += with_rests ? !vectors.get(row.number(0))->fits_its_head()
                            : !head.is_sound(known_.dimension);
    }
    tell(without, " rows have no vector");
    tell(unsound, " vectors are not those that were written");
    tell(vectors.count() - (rows - without), " vectors belong to no row");
    count("SELECT count(*) FROM " + known_.holes() + " WHERE n IN (SELECT n FROM " + known_.rows() +
              ")",
          " places of rows are said to be free");
  }

 private:
  // Each has both its parts, of the right size.
  bool blocks() {
    const Layout layout(known_.dimension);
    const auto wrong = [](const std::string& column, std::size_t size) {
      return "ifnull(typeof(" + column + ") <> 'blob' OR length(" + column + ") <> " +
             std::to_string(size) + ", 1)";
    };
    const std::string codes = known_.codes(), rests = known_.rests();
    const std::string both = codes + " c LEFT JOIN " + rests + " r ON r.block = c.block WHERE ";
    return count("SELECT count(*) FROM " + both + wrong("codes", layout.codes_size()) + " OR " +
                     wrong("rests", layout.rests_size()),
                 " blocks of vectors have a wrong size") &&
           count("SELECT count(*) FROM " + rests + " WHERE block NOT IN (SELECT block FROM " +
                     codes + ")",
                 " blocks of vectors have only half their parts");
  }

  bool tell(std::int64_t found, const char* what) {
    if (found != 0) finding_(std::to_string(found) + what);
    return found == 0;
  }

  bool count(const std::string& sql, const char* what) {
    return tell(connection_.number(sql), what);
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
  check.vectors(deep);
}

}  // namespace store_sqlite
