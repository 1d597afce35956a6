// Which parts of a text look as if they moved by themselves, and how a page's places are learnt.
#include "core/sync/volatile.hpp"
#include "tests/support/catch.hpp"

namespace freshet::sync {
namespace {

constexpr std::int64_t hour = 3'600'000;

std::string without_moving(std::string_view line) {
  std::string rest;
  std::size_t at = 0;
  for (const Moving& part : moving_parts(line)) {
    rest.append(line.substr(at, part.begin - at)).append("*");
    at = part.end;
  }
  return rest.append(line.substr(at));
}

Sighted page(const std::string& text) {
  model::Document document;
  document.uri = "u:a";
  document.title = "Pier";
  document.children.emplace_back().text = text;
  model::finish(document);
  return sight(document);
}

// A page as a run sees it: what it says at each hour, and whether the repository takes it.
struct Page {
  std::string stored;
  VolatilePlaces places;
  base::Instant now{0};

  bool changes(const std::string& text, std::int64_t later = hour) {
    now.ms += later;
    if (text == stored) {
      places = rest(std::move(places));
      return false;
    }
    Look seen = look(places, page(stored), page(text), now);
    // As it comes back from the repository.
    places = places_of(lesson_of({}, seen.places));
    if (!seen.unchanged) stored = text;
    return !seen.unchanged;
  }
};

}  // namespace

TEST_CASE("counts, times, ages and tokens move by themselves") {
  const auto [line, rest] = GENERATE(table<std::string, std::string>({
      {"Updated 7 minutes ago \u00b7 37 views", "Updated * \u00b7 * views"},
      {"Updated an hour ago", "Updated *"},
      {"just now", "*"},
      {"a few seconds ago by Ann", "* by Ann"},
      {"vor 3 Minuten", "*"},
      {"hace 5 minutos", "*"},
      {"1,234 readers, 1.2k likes.", "* readers, * likes."},
      {"Served at 12:34:56.", "Served at *."},
      {"2026-01-02T10:00:00Z", "*"},
      {"token 3f9a27c4e1b8d605a2f1", "token *"},
      {"Page 3 of 4.", "Page * of *."},
  }));
  CHECK(without_moving(line) == rest);
}

TEST_CASE("versions, prices, names and links do not") {
  const std::string line =
      GENERATE("Python 3.12 is out", "v2", "release 3.12.1", "costs $40 a year", "costs 40 \u20ac",
               "40\u20ac", "utf8 and sha256", "#1234", "a-1-b", "an hour of work",
               "interconnectedness_of_everything");
  CHECK(without_moving(line) == line);
}

TEST_CASE("what changes at the same places at two readings in a row is no change at the next") {
  Page page{"Updated 7 minutes ago \u00b7 37 views\nPier A is for ferries.", {}};
  CHECK(page.changes("Updated 14 minutes ago \u00b7 74 views\nPier A is for ferries."));
  CHECK_FALSE(page.changes("Updated 21 minutes ago \u00b7 111 views\nPier A is for ferries."));
  CHECK_FALSE(page.changes("Updated just now \u00b7 112 views\nPier A is for ferries."));
  CHECK(to_json(page.places).size() == 2);
  CHECK(to_json(page.places)[0]["learnt"] == true);
  SECTION("an edit elsewhere is an edit, and what was learnt stays") {
    CHECK(page.changes("Updated just now \u00b7 112 views\nPier A is for yachts."));
    CHECK_FALSE(page.changes("Updated 1 hour ago \u00b7 150 views\nPier A is for yachts."));
  }
  SECTION("a number in another line is an edit") {
    CHECK(page.changes(
        "Updated just now \u00b7 112 views\nPier A is for ferries.\nIt has 4 berths."));
    CHECK(page.changes(
        "Updated just now \u00b7 112 views\nPier A is for ferries.\nIt has 5 berths."));
  }
  SECTION("what moved is stored with the next edit") {
    CHECK(page.changes("Updated just now \u00b7 112 views\nPier A is closed."));
    CHECK(page.stored == "Updated just now \u00b7 112 views\nPier A is closed.");
  }
  SECTION("a place that stays as it is for a while is forgotten") {
    const std::string still = "Updated just now \u00b7 200 views\nPier A is for ferries.";
    CHECK_FALSE(page.changes(still));
    for (int i = 0; i < 3; ++i) page.places = rest(std::move(page.places));
    CHECK(page.places.all.empty());
    CHECK(page.changes("Updated just now \u00b7 201 views\nPier A is for ferries."));
  }
}

TEST_CASE(
    "an edit of a number is an edit, also the second time, where the page was still between") {
  Page page{"The pier has 4 berths.", {}};
  CHECK(page.changes("The pier has 5 berths."));
  CHECK_FALSE(page.changes("The pier has 5 berths."));
  CHECK(page.changes("The pier has 6 berths."));
}

TEST_CASE("numbers that change after days do not teach, times do") {
  Page page{"Build 11 of the pier.", {}};
  const std::int64_t week = 7 * 24 * hour;
  CHECK(page.changes("Build 12 of the pier.", week));
  CHECK(page.changes("Build 13 of the pier.", week));
  CHECK(page.changes("Build 14 of the pier.", week));
  Page clock{"It is 10:00.", {}};
  CHECK(clock.changes("It is 11:01.", week));
  CHECK_FALSE(clock.changes("It is 12:02.", week));
}

TEST_CASE("a learnt place in one of several equal lines says nothing of the others") {
  Page page{"37 views\n1 views", {}};
  CHECK(page.changes("38 views\n1 views"));
  CHECK_FALSE(page.changes("39 views\n1 views"));
  CHECK(page.changes("39 views\n2 views"));
}

TEST_CASE("numbers in code are no counters") {
  Page page{"```\nport = 80\n```", {}};
  CHECK(page.changes("```\nport = 81\n```"));
  CHECK(page.changes("```\nport = 82\n```"));
  CHECK(page.changes("```\nport = 83\n```"));
}

TEST_CASE("a page of nothing but moving numbers is another page each time") {
  const auto table = [](int from) {
    std::string text;
    for (int row = 0; row < 40; ++row)
      text += "row " + std::to_string(row) + " has " + std::to_string(from + row) + " of them\n";
    return text;
  };
  Page page{table(100), {}};
  for (int i = 1; i < 5; ++i) CHECK(page.changes(table(100 * i + 7)));
}

}  // namespace freshet::sync
