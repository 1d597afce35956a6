// capi/objects.hpp - what lies behind the handles. Each object is thread-safe unless it says
// otherwise.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "capi/handles.hpp"
#include "core/base/cancel.hpp"
#include "core/policy/policy.hpp"
#include "core/ports/reader.hpp"
#include "core/query/query.hpp"
#include "core/repository/repository.hpp"
#include "core/serve/served.hpp"
#include "core/service/session.hpp"
#include "freshet/freshet.h"

namespace freshet::capi {

using RepositoryObject = service::Session;

struct RootObject {
  repository::Root root;
  std::string id;
};

// For one thread at a time; the mutex makes misuse harmless, not useful.
struct RootsObject {
  std::shared_ptr<RepositoryObject> repository;
  std::mutex mutex;
  base::Digest cursor;
  std::vector<repository::Root> page;
  std::size_t next = 0;
  bool ended = false;
};

struct ChunkText {
  repository::StoredChunk stored;
  std::string id, root_id, path, metadata;  // as C takes them
};
struct ChunksObject {
  std::vector<ChunkText> chunks;
};

struct ElementObject {
  repository::Element element;
  std::string root_id;
};

struct ReaderObject {
  std::unique_ptr<ports::Reader> reader;
};

struct PolicyObject {
  policy::PolicyPtr policy;
};

struct HitsObject {
  query::Answer answer;
};

struct PluginsObject {
  std::shared_ptr<service::Runtime> runtime;
  std::vector<host::Provided> provided;
};

struct VectorsObject {
  std::string model;
  std::size_t dimension = 0;
  std::vector<std::vector<float>> vectors;
};

struct CancelObject {
  base::Cancel cancel;
};

struct ServiceObject {
  std::shared_ptr<serve::Served> service;
  std::mutex poll_mutex;
  service::EventQueue::Item last;  // what the texts of the last event are borrowed from
};

class DocumentObject;  // document.hpp
class RefreshObject;   // refresh_object.hpp

#define FRESHET_HANDLE(c_type, object_type, type_value) \
  template <>                                           \
  struct Handle<c_type> {                               \
    using Object = object_type;                         \
    static constexpr Type type = Type::type_value;      \
  }
FRESHET_HANDLE(freshet_repository, RepositoryObject, repository);
FRESHET_HANDLE(freshet_root, RootObject, root);
FRESHET_HANDLE(freshet_roots, RootsObject, roots);
FRESHET_HANDLE(freshet_chunks, ChunksObject, chunks);
FRESHET_HANDLE(freshet_element, ElementObject, element);
FRESHET_HANDLE(freshet_document, DocumentObject, document);
FRESHET_HANDLE(freshet_reader, ReaderObject, reader);
FRESHET_HANDLE(freshet_policy, PolicyObject, policy);
FRESHET_HANDLE(freshet_refresh, RefreshObject, refresh);
FRESHET_HANDLE(freshet_hits, HitsObject, hits);
FRESHET_HANDLE(freshet_plugins, PluginsObject, plugins);
FRESHET_HANDLE(freshet_cancel, CancelObject, cancel);
FRESHET_HANDLE(freshet_vectors, VectorsObject, vectors);
FRESHET_HANDLE(freshet_service, ServiceObject, service);
#undef FRESHET_HANDLE

}  // namespace freshet::capi
