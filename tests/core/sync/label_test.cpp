#include "core/sync/label.hpp"

#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

base::Error refused(const char* text) {
  const auto labels = sync::parse_labels(Json::parse(text), "labels");
  REQUIRE_FALSE(labels);
  return labels.error();
}

}  // namespace

TEST_CASE("a label is its template, with what is known in place of the words") {
  const sync::LabelWords words{"docs", "manual", "https://a/b", "now"};
  CHECK(sync::label_of("{{source}}: {{ uri }} of {{namespace}}, {{time}}", words) ==
        "manual: https://a/b of docs, now");
  CHECK(sync::label_of("plain { text }", words) == "plain { text }");
  CHECK(sync::label_of("", words).empty());
}

TEST_CASE("a template that means nothing is refused, with what there is") {
  CHECK(refused(R"({"run":"{{uri}}"})").message ==
        R"(has no word "uri"; there are: namespace, source, time)");
  CHECK(refused(R"({"item":"{{url}}"})").message ==
        R"(has no word "url"; there are: namespace, source, time, uri)");
  CHECK(refused(R"({"run":"{{source"})").subject == "labels.run");
  CHECK(refused(R"({"run":5})").subject == "labels.run");
  CHECK(refused(R"({"runs":""})").subject == "labels.runs");
  CHECK(refused((R"({"item":")" + std::string(600, 'x') + "\"}").c_str()).code ==
        base::Code::limit);
}

TEST_CASE("every event of a run bears its label, or that of its root") {
  Engine engine(1);
  const sync::Report report = engine.run(
      {{"labels",
        {{"run", "refresh {{namespace}} from {{source}}"}, {"item", "{{source}} {{uri}}"}}}});
  CHECK(report.label == "refresh default from a");
  for (const sync::Event& event : engine.events)
    CHECK(event.label == (event.uri.empty() ? "refresh default from a" : "a test:/0"));
  engine.run();
  for (const sync::Event& event : engine.events) CHECK(event.label.empty());
}

}  // namespace freshet::tests
