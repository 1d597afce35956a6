// Law 4: a text that has a vector is never embedded again.
#include "core/refresh/vectors.hpp"

#include "tests/core/refresh/fixture.hpp"

namespace freshet::refresh {
namespace {

class FakeEmbedder : public ports::Embedder {
 public:
  FakeEmbedder() {
    info_.model = "fake";
    info_.dimension = 2;
    info_.max_inputs = 100;
  }
  const ports::EmbedderInfo& info() const override { return info_; }
  base::Result<std::vector<std::vector<float>>> embed(std::span<const std::string_view> texts,
                                                      const base::Cancel&,
                                                      ports::Purpose) override {
    calls_.push_back(texts.size());
    if (calls_.size() == fails_at_) return base::fail(base::Code::remote, "HTTP status 500");
    std::vector<std::vector<float>> vectors;
    for (const std::string_view text : texts)
      vectors.push_back({1.0f, static_cast<float>(text.size())});
    return vectors;
  }
  ports::EmbedderInfo info_;
  std::vector<std::size_t> calls_;
  std::size_t fails_at_ = 0;  // the number of the call; 0: none
};

struct Embedding {
  Embedding()
      : repository(tests::open_repository(folder / "repository")),
        ledger(repository->clock(), nullptr, *RootLog::make(folder / "repository")) {}
  tests::Folder folder;
  std::shared_ptr<repository::Repository> repository;
  Ledger ledger;
  FakeEmbedder embedder;
  base::Cancel cancel;
};

}  // namespace

TEST_CASE("five texts in batches of two take calls of two, two and one") {
  Embedding setup;
  Vectors vectors(*setup.repository, setup.embedder, 2, setup.ledger);
  const std::vector<std::string_view> texts{"a", "bb", "ccc", "dddd", "eeeee"};
  const auto made = vectors.embed(texts, setup.cancel);
  REQUIRE(made);
  CHECK(made->size() == 5);
  CHECK(setup.embedder.calls_ == std::vector<std::size_t>{2, 2, 1});
  CHECK(setup.ledger.counts().embedded_texts == 5);
}

TEST_CASE("what was paid for before a request failed is not paid for again") {
  Embedding setup;
  Vectors vectors(*setup.repository, setup.embedder, 2, setup.ledger);
  const std::vector<std::string_view> texts{"a", "bb", "ccc", "dddd", "eeeee"};
  setup.embedder.fails_at_ = 3;
  CHECK(vectors.embed(texts, setup.cancel).error().code == base::Code::remote);
  const auto made = vectors.embed(texts, setup.cancel);
  REQUIRE(made);
  CHECK(made->size() == 1);
  CHECK(setup.embedder.calls_ == std::vector<std::size_t>{2, 2, 1, 1});
  CHECK(setup.ledger.counts().embedded_texts == 5);
}

TEST_CASE("equal texts are embedded once, and stored ones never again") {
  Embedding setup;
  Vectors vectors(*setup.repository, setup.embedder, 10, setup.ledger);
  const std::vector<std::string_view> texts{"same", "same", "other"};
  const auto made = vectors.embed(texts, setup.cancel);
  REQUIRE(made);
  CHECK(setup.embedder.calls_ == std::vector<std::size_t>{2});
  REQUIRE(setup.repository->write(
      [&](repository::Writer& writer) { return put_vectors(writer, "fake", *made); }));
  const auto again = vectors.embed(texts, setup.cancel);
  REQUIRE(again);
  CHECK(again->empty());
  CHECK(setup.embedder.calls_.size() == 1);
  CHECK(setup.ledger.counts().embedded_cached == 4);
}

TEST_CASE("another model has vectors of its own") {
  Embedding setup;
  Vectors vectors(*setup.repository, setup.embedder, 10, setup.ledger);
  const std::vector<std::string_view> texts{"text"};
  REQUIRE(setup.repository->write([&](repository::Writer& writer) {
    return put_vectors(writer, "fake", *vectors.embed(texts, setup.cancel));
  }));
  setup.embedder.info_.model = "other";
  CHECK(vectors.embed(texts, setup.cancel)->size() == 1);
}

TEST_CASE("a request keeps the embedder's limit on tokens, and carries at least one text") {
  Embedding setup;
  setup.embedder.info_.max_tokens = 10;
  Vectors vectors(*setup.repository, setup.embedder, 10, setup.ledger);
  const std::string wide(20, 'x');    // five tokens
  const std::string wider(100, 'y');  // twenty-five, alone over the limit
  const std::string other = wide + "z";
  const std::vector<std::string_view> texts{wide, wider, other};
  REQUIRE(vectors.embed(texts, setup.cancel));
  CHECK(setup.embedder.calls_ == std::vector<std::size_t>{1, 1, 1});
}

}  // namespace freshet::refresh
