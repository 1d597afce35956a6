// core/host/watched.hpp - the plugins' ports, under watch: see watch.hpp.
#pragma once

#include <memory>
#include <string>

#include "core/host/adapters.hpp"
#include "core/host/workers.hpp"

namespace freshet::host {

base::Result<std::unique_ptr<ports::Loader>> open_watched_loader(const Opening& opening,
                                                                 const WorkersPtr& workers,
                                                                 const base::Cancel& cancel);
base::Result<std::unique_ptr<ports::Reader>> open_watched_reader(const Opening& opening,
                                                                 const WorkersPtr& workers,
                                                                 const base::Cancel& cancel);
base::Result<std::unique_ptr<ports::Embedder>> open_watched_embedder(const Opening& opening,
                                                                     const WorkersPtr& workers,
                                                                     const base::Cancel& cancel);
base::Result<std::unique_ptr<ports::Store>> open_watched_store(const Opening& opening,
                                                               const WorkersPtr& workers,
                                                               const base::Cancel& cancel);
base::Result<std::unique_ptr<ports::Transformer>> open_watched_transformer(
    const Opening& opening, const WorkersPtr& workers, const base::Cancel& cancel);
base::Result<std::unique_ptr<ports::Tokenizer>> open_watched_tokenizer(const Opening& opening,
                                                                       const WorkersPtr& workers,
                                                                       const base::Cancel& cancel);
base::Result<std::string> recover_watched_store(const Opening& opening, const WorkersPtr& workers);

}  // namespace freshet::host
