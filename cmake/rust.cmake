# The plugins in Rust: cargo builds the workspace in plugins/, as its Cargo.lock says, once for all presets. Where that
# cannot be they are left out, in one line; FRESHET_REQUIRE=all makes it an error.
option(FRESHET_RUST "Build the plugins in Rust" ${PROJECT_IS_TOP_LEVEL})
set(FRESHET_RUST_LEAST 1.88)  # what the crates ask for
set(FRESHET_CARGO_DIRECTORY ${freshet_SOURCE_DIR}/build-cargo)

function(freshet_find_rust out_why)
  find_program(FRESHET_CARGO cargo HINTS $ENV{HOME}/.cargo/bin)
  if(NOT FRESHET_CARGO)
    set(${out_why} "there is no cargo" PARENT_SCOPE)
    return()
  endif()
  execute_process(COMMAND ${FRESHET_CARGO} --version OUTPUT_VARIABLE version ERROR_QUIET)
  string(REGEX MATCH "[0-9]+\\.[0-9]+" version "${version}")
  if(version VERSION_LESS FRESHET_RUST_LEAST)
    set(${out_why} "cargo is ${version}, and has to be ${FRESHET_RUST_LEAST} or later" PARENT_SCOPE)
    return()
  endif()
  foreach(how --offline "")  # what was fetched before needs no network
    execute_process(COMMAND ${FRESHET_CARGO} fetch --quiet --locked ${how} --manifest-path ${freshet_SOURCE_DIR}/plugins/Cargo.toml
                    RESULT_VARIABLE failed ERROR_VARIABLE why OUTPUT_QUIET)
    if(NOT failed)
      set(${out_why} "" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  string(REGEX REPLACE "[ \n]+" " " why "${why}")
  set(${out_why} "cargo cannot have the crates: ${why}" PARENT_SCOPE)
endfunction()

# Nothing of theirs is compiled with a sanitizer, so they would only be built again.
if(FRESHET_SANITIZE)
  set(FRESHET_RUST OFF)
endif()
if(FRESHET_RUST)
  freshet_find_rust(why)
  if(why AND "$ENV{FRESHET_REQUIRE}" STREQUAL "all")
    message(FATAL_ERROR "the plugins in Rust cannot be built: ${why}")
  elseif(why)
    message(STATUS "the plugins in Rust are left out: ${why}")
    set(FRESHET_RUST OFF)
  endif()
endif()

# The target freshet_rust: all of the workspace.
function(freshet_build_rust)
  if(NOT TARGET freshet_rust)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${freshet_SOURCE_DIR}/plugins/*.rs ${freshet_SOURCE_DIR}/plugins/*Cargo.*
         ${freshet_SOURCE_DIR}/bindings/rust/freshet-sys/*.rs ${freshet_SOURCE_DIR}/bindings/rust/freshet-plugin/*.rs
         ${freshet_SOURCE_DIR}/bindings/rust/Cargo.toml)
    add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/rust.stamp DEPENDS ${sources} ${freshet_SOURCE_DIR}/VERSION
      COMMAND ${CMAKE_COMMAND} -E env FRESHET_PLUGIN_VERSION=${freshet_VERSION}
              ${FRESHET_CARGO} build --quiet --release --locked --offline --manifest-path ${freshet_SOURCE_DIR}/plugins/Cargo.toml
              --target-dir ${FRESHET_CARGO_DIRECTORY}
      COMMAND ${CMAKE_COMMAND} -E touch ${PROJECT_BINARY_DIR}/rust.stamp
      COMMENT "Building the plugins in Rust" VERBATIM)
    add_custom_target(freshet_rust DEPENDS ${PROJECT_BINARY_DIR}/rust.stamp)
  endif()
endfunction()

# freshet_add_rust_program(PROGRAM): a program of the workspace that a plugin starts, beside the plugins.
function(freshet_add_rust_program program)
  if(NOT FRESHET_RUST)
    return()
  endif()
  freshet_build_rust()
  set(made ${FRESHET_PLUGIN_OUTPUT_DIRECTORY}/${program})
  add_custom_target(freshet_program_${program} ALL
    COMMAND ${CMAKE_COMMAND} -E copy_if_different ${FRESHET_CARGO_DIRECTORY}/release/${program} ${made})
  add_dependencies(freshet_program_${program} freshet_rust)
  add_dependencies(freshet_rust_plugins freshet_program_${program})
  install(PROGRAMS ${made} DESTINATION ${CMAKE_INSTALL_LIBDIR}/freshet/plugins)
endfunction()

# freshet_add_rust_plugin(NAME): the crate NAME of the workspace, with its manifest beside it.
function(freshet_add_rust_plugin name)
  if(NOT FRESHET_RUST)
    return()
  endif()
  freshet_build_rust()
  set(library ${FRESHET_PLUGIN_OUTPUT_DIRECTORY}/${name}.so)
  add_custom_target(freshet_plugin_${name} ALL
    COMMAND ${CMAKE_COMMAND} -E copy_if_different ${FRESHET_CARGO_DIRECTORY}/release/lib${name}.so ${library})
  add_dependencies(freshet_plugin_${name} freshet_rust)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/${name}.plugin.json ${FRESHET_PLUGIN_OUTPUT_DIRECTORY}/${name}.plugin.json @ONLY)
  add_dependencies(freshet_rust_plugins freshet_plugin_${name})
  install(FILES ${library} ${FRESHET_PLUGIN_OUTPUT_DIRECTORY}/${name}.plugin.json
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/freshet/plugins)
endfunction()

# freshet_add_rust_tests(NAME test…): test_….py of the folder, for the plugin NAME.
function(freshet_add_rust_tests name)
  if(NOT FRESHET_RUST OR NOT FRESHET_BUILD_CLI)
    return()
  endif()
  find_program(FRESHET_PYTHON NAMES /usr/bin/python3 python3 REQUIRED)
  foreach(test ${ARGN})
    add_test(NAME plugin_${name}_${test} COMMAND ${FRESHET_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/test_${test}.py)
    set_tests_properties(plugin_${name}_${test} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600
                         ENVIRONMENT "FRESHET_BUILD=${PROJECT_BINARY_DIR}")
  endforeach()
endfunction()
