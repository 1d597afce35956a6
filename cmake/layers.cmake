# freshet_add_layer(NAME DEPENDS layer… LIBS target…): one folder of core/, compiled apart.
# The link graph repeats the law of cmake/check_layers: a layer sees only the layers it may include.
function(freshet_add_layer name)
  cmake_parse_arguments(arg "" "" "DEPENDS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(TRANSFORM arg_DEPENDS PREPEND freshet_)
  if(sources)
    add_library(freshet_${name} STATIC ${sources})
    target_include_directories(freshet_${name} PUBLIC ${freshet_SOURCE_DIR} ${freshet_SOURCE_DIR}/include)
    target_link_libraries(freshet_${name} PRIVATE freshet_options PUBLIC ${arg_DEPENDS} ${arg_LIBS})
    if(name STREQUAL "base")
      freshet_precompile(freshet_base ${freshet_core_headers})
    else()
      freshet_precompile(freshet_${name} REUSE_FROM freshet_base)
    endif()
  else()
    add_library(freshet_${name} INTERFACE)
    target_include_directories(freshet_${name} INTERFACE ${freshet_SOURCE_DIR} ${freshet_SOURCE_DIR}/include)
    target_link_libraries(freshet_${name} INTERFACE ${arg_DEPENDS} ${arg_LIBS})
  endif()
endfunction()

# freshet_add_plugin(NAME LIBS target…): a plugin and its manifest, beside each other. It sees include/ and the sdk only.
# EXAMPLE: it is built, and not installed.
function(freshet_add_plugin name)
  cmake_parse_arguments(arg "EXAMPLE" "" "LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  add_library(freshet_plugin_${name} MODULE ${sources})
  set_target_properties(freshet_plugin_${name} PROPERTIES PREFIX "" OUTPUT_NAME ${name}
                        LIBRARY_OUTPUT_DIRECTORY ${FRESHET_PLUGIN_OUTPUT_DIRECTORY})
  target_include_directories(freshet_plugin_${name} PRIVATE ${freshet_SOURCE_DIR}/include ${freshet_SOURCE_DIR}/plugins)
  # Its manifest gets the same one.
  target_compile_definitions(freshet_plugin_${name} PRIVATE FRESHET_PLUGIN_VERSION="${freshet_VERSION}")
  target_link_libraries(freshet_plugin_${name} PRIVATE freshet_options ${arg_LIBS})
  target_link_options(freshet_plugin_${name} PRIVATE
                      -Wl,--version-script=${freshet_SOURCE_DIR}/include/freshet/sdk/plugin.map)
  if(NOT FRESHET_SANITIZE)
    target_link_options(freshet_plugin_${name} PRIVATE -Wl,--no-undefined)
  endif()
  set_property(TARGET freshet_plugin_${name} APPEND PROPERTY LINK_DEPENDS ${freshet_SOURCE_DIR}/include/freshet/sdk/plugin.map)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/${name}.plugin.json
                 ${FRESHET_PLUGIN_OUTPUT_DIRECTORY}/${name}.plugin.json @ONLY)
  add_dependencies(freshet_program freshet_plugin_${name})
  if(arg_EXAMPLE)
    return()
  endif()
  install(TARGETS freshet_plugin_${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/freshet/plugins)
  install(FILES ${FRESHET_PLUGIN_OUTPUT_DIRECTORY}/${name}.plugin.json
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/freshet/plugins)
endfunction()

# freshet_add_tests(NAME [ONE_THREAD] LIBS target…): every .cpp of the folder in one Catch2 program, test_NAME.
# ONE_THREAD: ThreadSanitizer has nothing to see in it, so that it is neither built nor run under it.
function(freshet_add_tests name)
  cmake_parse_arguments(arg "ONE_THREAD" "" "LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  if(arg_ONE_THREAD AND FRESHET_SANITIZE STREQUAL "thread")
    set_target_properties(test_${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
  target_include_directories(test_${name} PRIVATE ${freshet_SOURCE_DIR})
  target_link_libraries(test_${name} PRIVATE freshet_options freshet_test_main ${arg_LIBS})
  target_compile_definitions(test_${name} PRIVATE FRESHET_SOURCE_DIR="${freshet_SOURCE_DIR}"
                             FRESHET_BUILD_DIR="${PROJECT_BINARY_DIR}")
  target_compile_options(test_${name} PRIVATE ${freshet_test_options})
  if("freshet::freshet" IN_LIST arg_LIBS)  # a stranger to the core
    freshet_precompile(test_${name} ${freshet_common_headers} <nlohmann/json.hpp> ${freshet_SOURCE_DIR}/tests/support/catch.hpp)
  else()
    freshet_precompile(test_${name} REUSE_FROM freshet_test_main)
  endif()
  if(arg_ONE_THREAD AND FRESHET_SANITIZE STREQUAL "thread")
    return()
  endif()
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 900 LABELS sanitize SKIP_RETURN_CODE 77)
endfunction()
