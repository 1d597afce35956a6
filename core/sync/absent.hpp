// core/sync/absent.hpp - knows how a site says that it has no page, where it says so with status 200.
//
// A page that looks like such an answer, or that is quite another than the one that is stored, is cause
// to ask the site for an address that cannot exist: once a source and site, and again after a week. What
// is then read like the answer is no content. A front page is never taken for one: there are sites that
// answer with it whatever they are asked for.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "core/model/shingles.hpp"
#include "core/sync/state.hpp"

namespace freshet::sync {

// A page for such an address; no shingles: the site says that it has none, as it should.
struct Absence {
  std::string address;
  base::Instant asked;
  model::Shingles shingles;
};

// Without the words of its own address, which such pages repeat; words with digits are all one, since
// such pages count, and tell the time.
model::Shingles text_without_address(const model::Document& document, std::string_view address);

// All but a few words are the same.
bool is_like(const model::Shingles& page, const model::Shingles& absent);

// "https://a.example/docs/a.html" → an address beside it; empty: a front page, or no page of the web.
std::string absent_address(const std::string& page);

// Whether a page that is new says of itself that it is none.
bool sounds_absent(const model::Document& document);

// Of one run. Thread-safe.
class Absences {
 public:
  explicit Absences(const Run& run);

  // Fails where `document` is what the site has for a page that it has not.
  base::Status check(const Item& item, const model::Document& document);

 private:
  struct Site {
    bool busy = false;                     // somebody is looking or asking
    bool recalled = false, asked = false;  // once a run each
    std::optional<Absence> known;
  };
  base::Result<bool> has_cause(const Item& item, const model::Document& document);
  base::Result<std::optional<Absence>> recall(const Item& item, const std::string& about) const;
  std::optional<Absence> ask(const Item& item, const std::string& address) const;
  base::Status remember(const Item& item, const std::string& about, const Absence& absence) const;
  base::Result<std::optional<Absence>> find(const Item& item, const model::Document& document,
                                            const std::string& address);

  const Run& run_;
  std::mutex mutex_;
  const std::unique_ptr<ports::Condition> answered_;
  std::map<std::string, Site> sites_;  // by source and origin
  std::set<base::Digest> texts_;       // of new pages
};

}  // namespace freshet::sync
