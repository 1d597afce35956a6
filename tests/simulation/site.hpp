// tests/simulation/site.hpp - a site that changes, and what it has said of itself: the truth that the
// laws are judged by.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/instant.hpp"
#include "tests/simulation/dice.hpp"

namespace freshet::simulation {

using Marks =
    std::multiset<std::string>;  // the words that tell one edition of a section from others

struct Page {
  bool there = true;
  bool gone_for_good = false;         // where it is not there: a 410
  std::string alias_of;               // the URI that it names as its content's
  std::vector<std::string> sections;  // the mark of each
  int edition = 1;

  std::string text(const std::string& uri) const;
  Marks marks() const;
};

// The marks in a text, each as often as it stands there.
Marks marks_in(std::string_view text);

// What a site answered about one page.
struct Said {
  std::vector<Marks> contents;           // all that were ever served, the newest last
  std::map<int, std::size_t> served_to;  // the last of them that a process got under this name
  std::size_t committed = 0;             // the newest of them that was told to be stored, from 1
  base::Instant confirmed;     // the last 200 or 304, or a listing that bore the same version
  int fetched_by = -1;         // the process that began the last fetch of it
  int stored_by = -1;          // the one that last told it as refreshed or unchanged
  int not_found = 0;           // in a row
  bool gone = false;           // a 410
  int unlisted = -1;           // the last step in which a listing said that it was whole without it
  base::Millis not_before{0};  // by the monotonic clock: it was refused, with a time
};

class Site {
 public:
  Site(std::string name, Dice& dice);

  void change(Dice& dice);  // one thing
  void settle();            // no page is poisoned or a stump any more
  std::uint64_t serial() const { return log_.size(); }
  std::set<std::string> changed_since(std::uint64_t serial) const;

  const std::string name;
  const bool has_versions, has_states, is_conditional, has_handles;
  std::map<std::string, Page> pages;
  std::map<std::string, Said> said;
  std::string last_change;  // in words

 private:
  void add_page(Dice& dice);
  std::string new_section(Dice& dice);
  void touch(const std::string& uri, const std::string& what);
  std::vector<std::string> log_;  // of URIs, a change each
  int next_page_ = 1, next_mark_ = 1;
};

}  // namespace freshet::simulation
