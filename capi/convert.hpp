// capi/convert.hpp - values of the repository as the C API shows them.
#pragma once

#include "capi/objects.hpp"

namespace freshet::capi {

freshet_root* make_root(repository::Root root);
freshet_chunks* make_chunks(std::vector<repository::StoredChunk> stored);
freshet_element* make_element(repository::Element element);

// Their texts are borrowed from the argument.
freshet_root_info root_info(const RootObject& object);
freshet_chunk_info chunk_info(const ChunkText& text);
freshet_element_info element_info(const ElementObject& object);

freshet_repository_info info_of(const repository::Info& info);
freshet_write_result write_result(const repository::DocumentDiff& diff);

}  // namespace freshet::capi
