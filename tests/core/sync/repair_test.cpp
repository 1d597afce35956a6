// A repair beside other work: what was compared may be otherwise by the time it is put right.
#include "core/base/json.hpp"
#include "core/model/record.hpp"
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
  Result<std::vector<ports::Hit>> get(const std::string& name, std::span<const std::string> ids,
                                      const base::Cancel& cancel) override {
    return on_get ? on_get(ids) : FakeStore::get(name, ids, cancel);
  }
  std::function<std::vector<ports::Hit>(std::span<const std::string>)> on_get;

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
  Result<std::string> reader_fingerprint(const std::string& name, const Json&) const override {
    return name;
  }
  Result<std::unique_ptr<ports::Loader>> open_loader(const std::string&, const Json&,
                                                     const base::Cancel&,
                                                     const ports::RequesterPtr&) override {
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
    auto store = std::make_unique<ListedStore>(server, on_list);
    store->on_get = on_get;
    return store;
  }
  Result<std::string> recover_store(const std::string&, const Json&) override { return none(); }

  tests::FakeServer server;
  std::function<void()> on_list = [] {};
  std::function<std::vector<ports::Hit>(std::span<const std::string>)> on_get;

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
  REQUIRE(repair({*repository, catalog, http}, {}, {}));
  CHECK(repository->check()->problem_count == 0);
  CHECK(repository->read()->info()->deliveries == 0);
  CHECK(catalog.server.rows().size() == 2);
  CHECK_FALSE(catalog.server.texts().contains("left behind"));
}

namespace {

// A document that was delivered, and a store whose listing has none of its rows.
struct InStep {
  InStep() {
    REQUIRE(repository->write([](repository::Writer& writer) {
      return writer.put_target({"fake", "{}", "", "", "", 0});
    }));
    tests::put(*repository, document);
    REQUIRE(repair(context(), {}, {}));
    catalog.on_list = [this] { catalog.server.rows().clear(); };
  }
  Context context() { return {*repository, catalog, http}; }
  VerifyReport verified() {
    const auto reports = verify(context(), VerifyOptions{}, {});
    REQUIRE(reports);
    return reports->front();
  }
  // The row as it was delivered, by `owner`.
  ports::Hit row(const std::string& id, std::uint64_t owner = 0) const {
    const auto snapshot = repository->read();
    const auto chunk = snapshot->chunk(*base::Digest::from_hex(id));
    REQUIRE(chunk);
    ports::Hit hit;
    hit.id = id;
    hit.digest = model::RowMark{(*chunk)->record_digest, owner}.text();
    hit.text = (*chunk)->chunk.text;
    hit.uri = document.uri;
    hit.title = document.title;
    hit.url = (*chunk)->chunk.url;
    hit.path = model::path_text((*chunk)->chunk.path);
    hit.metadata = base::dump_json((*chunk)->chunk.metadata);
    return hit;
  }

  tests::Folder folder;
  std::shared_ptr<repository::Repository> repository =
      tests::open_repository(folder / "repository");
  OneStore catalog;
  NoNetwork http;
  model::Document document = tests::document("u:1", {"a", "b", "c"});
};

}  // namespace

TEST_CASE("a row that can be read a moment later is not missing") {
  InStep it;
  int asked = 0;
  it.catalog.on_get = [&](std::span<const std::string> ids) {
    std::vector<ports::Hit> rows;
    for (const std::string& id : ids)
      if (++asked > 3) rows.push_back(it.row(id));
    return rows;
  };
  const VerifyReport late = it.verified();
  CHECK(late.in_step());
  CHECK(late.checked == 3);
  it.catalog.on_get = [](std::span<const std::string>) { return std::vector<ports::Hit>(); };
  CHECK(it.verified().missing == 3);
  it.catalog.on_get = nullptr;  // a store that gives nothing back is taken at its listing
  CHECK(it.verified().missing == 3);
}

TEST_CASE("a sample tells what is missing, stale and damaged") {
  InStep it;
  it.catalog.on_get = [&](std::span<const std::string> ids) {
    if (ids.size() < 3) return std::vector<ports::Hit>();  // the one that is gone, asked for again
    std::vector<ports::Hit> rows{it.row(ids[0]), it.row(ids[1])};
    rows[0].digest = base::digest_of("another").hex();
    rows[1].text = "another";
    return rows;
  };
  VerifyOptions options;
  options.sample = 1;
  const auto reports = verify(it.context(), options, {});
  REQUIRE(reports);
  const VerifyReport& report = reports->front();
  CHECK(report.missing == 1);
  CHECK(report.stale == 1);
  CHECK(report.damaged == 1);
  CHECK(report.checked == 3);
}

TEST_CASE("a repair holds removals that are too many to be meant") {
  InStep it;
  it.catalog.on_list = [] {};
  for (int i = 0; i < 5; ++i)
    it.catalog.server.rows()[base::digest_of("orphan " + std::to_string(i)).hex()] = "orphan";
  const auto held = repair(it.context(), {}, {});
  REQUIRE(held);
  CHECK(held->front().orphans == 5);
  CHECK(held->front().held == 5);
  CHECK(it.catalog.server.texts().count("orphan") == 5);
  VerifyOptions meant;
  meant.accept_shrink = true;
  const auto repaired = repair(it.context(), meant, {});
  REQUIRE(repaired);
  CHECK(repaired->front().held == 0);
  CHECK(repaired->front().removals == 5);
  CHECK(it.catalog.server.texts().count("orphan") == 0);
}

}  // namespace freshet::sync
