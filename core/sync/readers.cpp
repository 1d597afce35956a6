#include "core/sync/readers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.hpp"
#include "core/read/detect.hpp"
#include "core/sync/late_reader.hpp"
#include "core/sync/use.hpp"

namespace freshet::sync {
namespace {

// ".csv" of "file:///data/Names.CSV"; "" where the last part of the path has none.
std::string extension_of(std::string_view uri) {
  uri = uri.substr(0, uri.find_first_of("?#"));
  const std::string_view name = uri.substr(uri.find_last_of('/') + 1);
  const std::size_t dot = name.find_last_of('.');
  return dot == std::string_view::npos ? std::string() : base::to_lower(name.substr(dot));
}

// Where nobody named any, those whose manifests say so.
std::vector<Use> readers_of(const std::vector<ports::Provided>& all_provided,
                            const RunConfig& config) {
  if (config.readers) return *config.readers;
  std::vector<Use> all;
  for (const ports::Provided& provided : all_provided)
    if (provided.kind == ports::Kind::reader && provided.by_default)
      all.push_back({provided.name, Json::object()});
  return all;
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Where such bytes are found, what is in them is for a declaration or the name to say.
bool is_container(std::string_view found) {
  return one_of(found,
                {"application/zip", "application/x-ole-storage", "application/octet-stream"});
}

// What servers say of files that they do not know, and of all that is text to them.
bool says_little(std::string_view declared) {
  return one_of(declared, {"", "application/octet-stream", "binary/octet-stream", "application/zip",
                           "application/x-zip-compressed", "application/x-ole-storage",
                           "text/plain", "application/json", "application/xml", "text/xml",
                           "application/msword", "application/vnd.ms-office"});
}

// One that was named is opened at once, so that what is wrong with it is told before anything is done.
base::Result<std::unique_ptr<ports::Reader>> open_one(ports::Catalog& catalog,
                                                      const std::string& name, const Json& options,
                                                      bool named, const base::Cancel& cancel) {
  if (named) return catalog.open_reader(name, options, cancel);
  return LateReader::make(catalog, name, options);
}

}  // namespace

base::Result<std::unique_ptr<Readers>> Readers::open(const Context& context,
                                                     const RunConfig& config,
                                                     const base::Cancel& cancel) {
  std::unique_ptr<Readers> readers(new Readers(config));
  const std::vector<ports::Provided> all_provided = context.catalog.list();
  const std::vector<Use> uses = readers_of(all_provided, config);
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const Use& use = uses[i];
    FRESHET_ASSIGN(const Json options, complete_use(offer_of(context), ports::Kind::reader, use,
                                                    fmt::format("readers[{}]", i)));
    auto opened = open_one(context.catalog, use.name, options, config.readers.has_value(), cancel);
    if (!opened)
      return base::fail(in_place(context.catalog, ports::Kind::reader, use.name,
                                 fmt::format("readers[{}]", i), std::move(opened).error()));
    auto reader = *std::move(opened);
    for (const ports::Provided& provided : all_provided) {
      if (provided.kind != ports::Kind::reader || provided.name != use.name) continue;
      for (const std::string& type : provided.media_types)
        readers->by_type_.try_emplace(type, reader.get());
      for (const auto& [extension, type] : provided.extensions)
        readers->types_.try_emplace(extension, type);
    }
    readers->plugins_.push_back(std::move(reader));
  }
  return readers;
}

std::string Readers::media_type_of(const ports::Content& content) const {
  const std::string_view proven = read::sniff(content.bytes);
  std::string detected = read::detect(content).media_type;
  if (proven == "text/html" || by_type_.contains(proven)) return detected;
  const std::string declared = read::bare_type(content.media_type);
  if (is_container(proven) && by_type_.contains(declared)) return declared;
  if (!says_little(declared)) return detected;
  const auto found = types_.find(extension_of(content.uri));
  return found == types_.end() ? detected : found->second;
}

base::Result<model::Document> Readers::read(const ports::Content& content) const {
  const std::string media_type = media_type_of(content);
  const ports::Reader& reader = reader_of(media_type);
  if (&reader == core_.get()) return core_->read(content);
  ports::Content named = content;
  named.media_type = media_type;
  auto document = reader.read(named);
  if (!document)
    return base::wrap("cannot be read", std::string(content.uri), std::move(document).error());
  return document;
}

std::string Readers::fingerprint() const {
  std::string all = core_->fingerprint();
  for (const auto& plugin : plugins_) all += " " + plugin->fingerprint();
  return all;
}

std::string_view Readers::named_type(std::string_view media_type, std::string_view uri) const {
  if (types_.empty() || !says_little(media_type)) return {};
  const auto found = types_.find(extension_of(uri));
  if (found == types_.end() || &reader_of(found->second) == &reader_of(media_type)) return {};
  return found->second;
}

std::string Readers::fingerprint(std::string_view media_type, std::string_view uri) const {
  std::string fingerprint = reader_of(media_type).fingerprint();
  if (const std::string_view named = named_type(media_type, uri); !named.empty())
    fingerprint += " " + reader_of(named).fingerprint();
  return fingerprint;
}

const ports::Reader& Readers::reader_of(std::string_view media_type) const {
  const auto found = by_type_.find(media_type);
  return found == by_type_.end() ? *core_ : *found->second;
}

}  // namespace freshet::sync
