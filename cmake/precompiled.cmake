# Most of a compilation is reading the same few headers, of which each is read once here: for the library and for
# the tests. A file includes what it uses all the same: a build as a subdirectory has no precompiled headers.
option(FRESHET_PRECOMPILE "Precompile the headers that most files include" ${PROJECT_IS_TOP_LEVEL})

set(freshet_common_headers <algorithm> <array> <atomic> <chrono> <cstdint> <filesystem> <fstream> <functional> <map>
    <memory> <mutex> <optional> <set> <span> <sstream> <string> <string_view> <thread> <unordered_map> <utility>
    <variant> <vector> <fmt/format.h> <tl/expected.hpp>)
# Named without the place of this checkout, so that ccache finds for one clone what another has compiled.
set(freshet_core_headers ${freshet_common_headers} <core/base/json_memory.hpp>)

# freshet_precompile(TARGET [REUSE_FROM target] [header…]). The compiler takes a header only where it was compiled
# with the same options, as these two.
function(freshet_precompile target)
  if(NOT FRESHET_PRECOMPILE)
    return()
  endif()
  cmake_parse_arguments(arg "" "REUSE_FROM" "" ${ARGN})
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fPIC> $<$<COMPILE_LANGUAGE:CXX>:-pthread>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)  # for ccache
  endif()
  if(arg_REUSE_FROM)
    target_precompile_headers(${target} REUSE_FROM ${arg_REUSE_FROM})
  else()
    target_precompile_headers(${target} PRIVATE ${arg_UNPARSED_ARGUMENTS})
  endif()
endfunction()
