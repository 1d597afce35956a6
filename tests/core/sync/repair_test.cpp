// A repair beside other work: what was compared may be otherwise by the time it is put right.
#include "core/base/json.hpp"
#include "core/sync/verify.hpp"
#include "tests/core/sync/fake_store.hpp"
#include "tests/core/sync/fixture.hpp"

namespace freshet::sync {
namespace {

using base::Result;
using tests::FakeStore;

// Lists what the server has, after `on_list`.
class ListedStore : public FakeStore {
 public:
  ListedStore(tests::FakeServer& server, std::function<void()> on_list)
      : FakeStore(server), server_(server), on_list_(std::move(on_list)) {}
  std::unique_ptr<ports::RowListing> list(const std::string& name, std::uint32_t) override {
    on_list_();
    std::vector<ports::StoredRow> rows;
    for (const auto& [id, text] : server_.spaces[name])
      rows.push_back({id, base::digest_of(text).hex()});
    return std::make_unique<OnePage>(std::move(rows));
  }

 private:
  struct OnePage : ports::RowListing {
    explicit OnePage(std::vector<ports::StoredRow> all) : rows(std::move(all)) {}
    Result<std::vector<ports::StoredRow>> next(const base::Cancel&) override {
      return std::exchange(rows, {});
    }
    std::vector<ports::StoredRow> rows;
  };
  tests::FakeServer& server_;
  const std::function<void()> on_list_;
};

// Has that store and nothing else.
class OneStore : public ports::Catalog {
 public:
  std::vector<ports::Provided> list() const override { return {}; }
  std::vector<std::string> problems() const override { return {}; }
  Result<Json> complete_options(ports::Kind, const std::string&, const Json& options,
                                const std::string&,
                                const std::map<std::string, std::string>&) const override {
    return options;
  }
  Result<std::string> identity(ports::Kind, const std::string& name, const Json&) const override {
    return name;
  }
  Result<std::unique_ptr<ports::Loader>> open_loader(const std::string&, const Json&,
                                                     const base::Cancel&,
                                                     const ports::RetryOptionsPtr&) override {
    return none();
  }
  Result<std::unique_ptr<ports::Reader>> open_reader(const std::string&, const Json&,
                                                     const base::Cancel&) override {
    return none();
  }
  Result<std::unique_ptr<ports::Transformer>> open_transformer(const std::string&, const Json&,
                                                               const base::Cancel&) override {
    return none();
  }
  Result<std::unique_ptr<ports::Tokenizer>> open_tokenizer(const std::string&, const Json&,
                                                           const base::Cancel&) override {
    return none();
  }
  Result<std::unique_ptr<ports::Embedder>> open_embedder(const std::string&, const Json&,
                                                         const base::Cancel&) override {
    return none();
  }
  Result<std::unique_ptr<ports::Store>> open_store(const std::string&, const Json&,
                                                   const base::Cancel&) override {
    return std::make_unique<ListedStore>(server, on_list);
  }
  Result<std::string> recover_store(const std::string&, const Json&) override { return none(); }

  tests::FakeServer server;
  std::function<void()> on_list;

 private:
  static tl::unexpected<base::Error> none() {
    return base::fail(base::Code::unsupported, "there is but a store");
  }
};

class NoNetwork : public ports::Http {
 public:
  Result<ports::HttpResponse> send(const ports::HttpRequest&, const base::Cancel&) override {
    return base::fail(base::Code::unsupported, "there is no network");
  }
  void send_many(std::span<const ports::HttpRequest>, const base::Cancel&,
                 const std::function<void(std::size_t, Result<ports::HttpResponse>)>&) override {}
  Result<std::string> resolve(std::string_view, std::string_view) const override {
    return base::fail(base::Code::unsupported, "there is no network");
  }
  ports::HttpCounters counters() const override { return {}; }
};

}  // namespace

TEST_CASE("a row that was an orphan when it was compared, and is asked for since, is sent") {
  tests::Folder folder;
  const auto repository = tests::open_repository(folder / "repository");
  REQUIRE(repository->write([](repository::Writer& writer) {
    return writer.put_target({"fake", "{}", "", "", "", 0});
  }));
  OneStore catalog;
  NoNetwork http;
  const auto wanted = tests::document("u:1", {"a", "b"});
  catalog.server.rows()[tests::chunks_of(wanted).front().id.hex()] = "left behind";
  catalog.on_list = [&] { tests::put(*repository, wanted); };  // another run's commit
  REQUIRE(repair({*repository, catalog, http}, {}));
  CHECK(repository->check()->problem_count == 0);
  CHECK(repository->read()->info()->deliveries == 0);
  CHECK(catalog.server.rows().size() == 2);
  CHECK_FALSE(catalog.server.texts().contains("left behind"));
}

}  // namespace freshet::sync
