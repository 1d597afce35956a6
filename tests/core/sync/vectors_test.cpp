// Law 4: a text that has a vector is never embedded again.
#include "core/sync/vectors.hpp"

#include "tests/core/sync/fixture.hpp"

namespace freshet::sync {
namespace {

class FakeEmbedder : public ports::Embedder {
 public:
  FakeEmbedder() {
    info_.model = "fake";
    info_.dimension = 2;
    info_.max_inputs = 100;
  }
  const ports::EmbedderInfo& info() const override { return info_; }
  base::Result<ports::Embeddings> embed(std::span<const std::string_view> texts,
                                        const base::Cancel&, ports::Purpose) override {
    calls_.push_back(texts.size());
    ports::Embeddings made;
    if (calls_.size() == fails_at_) {
      if (half_ == 0) return base::fail(base::Code::remote, "HTTP status 500");
      made.failure = base::make_error(base::Code::remote, "HTTP status 500");
    }
    made.tokens = tokens_;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const bool refused = texts[i] == refuses_;
      made.vectors.push_back(refused || (made.failure && i >= half_)
                                 ? std::vector<float>()
                                 : std::vector<float>{1.0f, static_cast<float>(texts[i].size())});
      if (refused)
        made.rejections.push_back({i, base::make_error(base::Code::limit, "is too long")});
    }
    return made;
  }
  ports::EmbedderInfo info_;
  std::vector<std::size_t> calls_;
  std::size_t fails_at_ = 0;   // the number of the call; 0: none
  std::size_t half_ = 0;       // so many texts have their vectors when it fails
  std::string refuses_ = "-";  // this text
  std::uint64_t tokens_ = 0;   // told for each call
};

struct Embedding {
  Embedding()
      : repository(tests::open_repository(folder / "repository")),
        ledger(
            repository->clock(), [this](const Event& event) { told.push_back(event.message); },
            *RootLog::make(folder / "repository")) {}
  tests::Folder folder;
  std::shared_ptr<repository::Repository> repository;
  std::vector<std::string> told;
  Ledger ledger;
  FakeEmbedder embedder;
  base::Cancel cancel;
  Rejections rejections;
};

}  // namespace

TEST_CASE("texts are taken greedily, and one that is too long is a batch of its own") {
  const auto batches = [](std::vector<std::string_view> texts) {
    ports::EmbedderInfo limits;
    limits.max_bytes = 10;
    std::vector<std::size_t> counts;
    for (std::span<const std::string_view> left = texts; !left.empty();
         left = left.subspan(counts.back()))
      counts.push_back(fitting(left, limits));
    return counts;
  };
  CHECK(batches({"a", "refresh", "reads", "what", "is", "new", "and", "writes", "what", "has",
                 "changed,", "nothing", "otherwise"}) ==
        std::vector<std::size_t>{2, 2, 3, 2, 1, 1, 1, 1});
  CHECK(batches({"one", "much longer than ten", "two"}) == std::vector<std::size_t>{1, 1, 1});
  CHECK(batches({}).empty());
}

TEST_CASE("five texts in batches of two take calls of two, two and one") {
  Embedding setup;
  Vectors vectors(*setup.repository, setup.embedder, 2, setup.ledger);
  const std::vector<std::string_view> texts{"a", "bb", "ccc", "dddd", "eeeee"};
  const auto made = vectors.embed(texts, setup.cancel, setup.rejections);
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
  CHECK(vectors.embed(texts, setup.cancel, setup.rejections).error().code == base::Code::remote);
  const auto made = vectors.embed(texts, setup.cancel, setup.rejections);
  REQUIRE(made);
  CHECK(made->size() == 1);
  CHECK(setup.embedder.calls_ == std::vector<std::size_t>{2, 2, 1, 1});
  CHECK(setup.ledger.counts().embedded_texts == 5);
}

TEST_CASE("what half a request brought before it failed is not paid for again") {
  Embedding setup;
  Vectors vectors(*setup.repository, setup.embedder, 10, setup.ledger);
  const std::vector<std::string_view> texts{"four", "twelve bytes", "far more than these"};
  setup.embedder.fails_at_ = 1;
  setup.embedder.half_ = 2;
  CHECK(vectors.embed(texts, setup.cancel, setup.rejections).error().code == base::Code::remote);
  CHECK(setup.ledger.counts().embedded_texts == 2);
  CHECK(setup.ledger.counts().embedded_tokens == 4);
  REQUIRE(vectors.embed(texts, setup.cancel, setup.rejections));
  CHECK(setup.embedder.calls_ == std::vector<std::size_t>{3, 1});
}

TEST_CASE("equal texts are embedded once, and stored ones never again") {
  Embedding setup;
  Vectors vectors(*setup.repository, setup.embedder, 10, setup.ledger);
  const std::vector<std::string_view> texts{"same", "same", "other"};
  const auto made = vectors.embed(texts, setup.cancel, setup.rejections);
  REQUIRE(made);
  CHECK(setup.embedder.calls_ == std::vector<std::size_t>{2});
  REQUIRE(setup.repository->write(
      [&](repository::Writer& writer) { return put_vectors(writer, "fake", *made); }));
  const auto again = vectors.embed(texts, setup.cancel, setup.rejections);
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
    return put_vectors(writer, "fake", *vectors.embed(texts, setup.cancel, setup.rejections));
  }));
  setup.embedder.info_.model = "other";
  CHECK(vectors.embed(texts, setup.cancel, setup.rejections)->size() == 1);
}

TEST_CASE("a request keeps the embedder's limit on tokens, and carries at least one text") {
  Embedding setup;
  setup.embedder.info_.max_tokens = 10;
  Vectors vectors(*setup.repository, setup.embedder, 10, setup.ledger);
  const std::string wide(20, 'x');    // five tokens
  const std::string wider(100, 'y');  // twenty-five, alone over the limit
  const std::string other = wide + "z";
  const std::vector<std::string_view> texts{wide, wider, other};
  REQUIRE(vectors.embed(texts, setup.cancel, setup.rejections));
  CHECK(setup.embedder.calls_ == std::vector<std::size_t>{1, 1, 1});
}

TEST_CASE("a request keeps the embedder's limit on bytes") {
  Embedding setup;
  setup.embedder.info_.max_bytes = 10;
  Vectors vectors(*setup.repository, setup.embedder, 10, setup.ledger);
  const std::vector<std::string_view> texts{"12345", "67890", "1", "far beyond the limit", "2"};
  REQUIRE(vectors.embed(texts, setup.cancel, setup.rejections));
  CHECK(setup.embedder.calls_ == std::vector<std::size_t>{2, 1, 1, 1});
}

TEST_CASE("a text that is longer than the model takes is told once") {
  Embedding setup;
  setup.embedder.info_.max_text_tokens = 10;
  Vectors vectors(*setup.repository, setup.embedder, 1, setup.ledger);
  const std::string fits(40, 'x'), longer(44, 'y'), longest(100, 'z');
  REQUIRE(vectors.embed(std::vector<std::string_view>{fits}, setup.cancel, setup.rejections));
  CHECK(setup.told.empty());
  REQUIRE(vectors.embed(std::vector<std::string_view>{longer, longest}, setup.cancel,
                        setup.rejections));
  REQUIRE(setup.told.size() == 1);
  CHECK(setup.told[0].find("about 11 tokens is longer than the 10 that fake takes") !=
        std::string::npos);
}

TEST_CASE("where a tokenizer is named, limits, warnings and counts are by its tokens") {
  Embedding setup;
  setup.embedder.info_.max_tokens = 10;
  setup.embedder.info_.max_text_tokens = 8;
  const tests::FakeTokenizer tokenizer;
  Vectors vectors(*setup.repository, setup.embedder, 10, setup.ledger, &tokenizer);
  const std::vector<std::string_view> texts{"12345", "67890", "1", "a long text"};
  REQUIRE(vectors.embed(texts, setup.cancel, setup.rejections));
  CHECK(setup.embedder.calls_ == std::vector<std::size_t>{2, 1, 1});
  REQUIRE(setup.told.size() == 1);
  CHECK(setup.told[0].find("a chunk of 11 tokens is longer than the 8") != std::string::npos);
  CHECK(setup.ledger.counts().embedded_tokens == 22);
  CHECK(setup.ledger.counts().estimated_tokens == 0);
}

TEST_CASE("a text that is rejected costs the others nothing") {
  Embedding setup;
  Vectors vectors(*setup.repository, setup.embedder, 10, setup.ledger);
  setup.embedder.refuses_ = "bb";
  const std::vector<std::string_view> texts{"a", "bb", "ccc"};
  const auto made = vectors.embed(texts, setup.cancel, setup.rejections);
  REQUIRE(made);
  REQUIRE(setup.rejections.size() == 1);
  CHECK(setup.rejections.at(base::digest_of("bb")).message == "is too long");
  CHECK(setup.ledger.counts().embedded_texts == 2);
  CHECK(vectors.embed(texts, setup.cancel, setup.rejections)->empty());
  CHECK(setup.embedder.calls_ == std::vector<std::size_t>{3, 1});  // the others are kept already
}

TEST_CASE("tokens are those that the embedder counted, and else a guess that is said to be one") {
  Embedding setup;
  Vectors vectors(*setup.repository, setup.embedder, 10, setup.ledger);
  setup.embedder.tokens_ = 7;
  REQUIRE(vectors.embed(std::vector<std::string_view>{"four"}, setup.cancel, setup.rejections));
  CHECK(setup.ledger.counts().embedded_tokens == 7);
  CHECK(setup.ledger.counts().estimated_tokens == 0);
  setup.embedder.tokens_ = 0;
  REQUIRE(vectors.embed(std::vector<std::string_view>{"fives"}, setup.cancel, setup.rejections));
  CHECK(setup.ledger.counts().embedded_tokens == 9);
  CHECK(setup.ledger.counts().estimated_tokens == 2);
}

}  // namespace freshet::sync
