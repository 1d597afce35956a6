# How everything of ours is compiled. Third-party headers are SYSTEM, so warnings speak of our code.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND PROJECT_IS_TOP_LEVEL)
  set(CMAKE_BUILD_TYPE Release)
endif()

# -O2: the hot loops are in libraries, and -O3 takes a third longer to build for no measured gain.
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
endif()

find_program(FRESHET_CCACHE ccache)
if(FRESHET_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # It takes what another checkout has compiled, wherever that lies, and what was made with a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_CURRENT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${FRESHET_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

# Several files are compiled as one, which saves most of what is left. A name is then unique in its folder, in
# anonymous namespaces too; who works on a file builds the preset dev, in which each is compiled alone.
option(FRESHET_UNITY "Compile several files as one" ON)
set(CMAKE_UNITY_BUILD ${FRESHET_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)

# What every target of freshet is compiled with; an interface, so that a consumer's own code is not.
add_library(freshet_options INTERFACE)
target_compile_options(freshet_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion
                       -Wno-sign-conversion $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
                       -fstack-protector-strong)
# Where several files are compiled as one, a local name may well be that of a function of another file.
if(FRESHET_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(freshet_options INTERFACE -Wshadow=local)
else()
  target_compile_options(freshet_options INTERFACE -Wshadow)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms on std::string: GCC bugs 105651 and 105329.
  target_compile_options(freshet_options INTERFACE -Wno-restrict -Wno-stringop-overflow)
endif()
target_compile_definitions(freshet_options INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(freshet_options INTERFACE -Wl,-z,relro,-z,now)
if(FRESHET_WERROR)
  target_compile_options(freshet_options INTERFACE -Werror)
endif()
if(CMAKE_BUILD_TYPE MATCHES "Rel" AND NOT FRESHET_SANITIZE)
  target_compile_definitions(freshet_options INTERFACE _FORTIFY_SOURCE=2)
endif()
if(FRESHET_SANITIZE)
  # Enough to be quick and to name lines; what -O2 adds is build time.
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
  target_compile_options(freshet_options INTERFACE -fsanitize=${FRESHET_SANITIZE} -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
  target_link_options(freshet_options INTERFACE -fsanitize=${FRESHET_SANITIZE})
endif()
