# What is installed, and how others find it: find_package(freshet), pkg-config freshet.
include(CMakePackageConfigHelpers)

install(TARGETS freshet EXPORT freshetTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${freshet_SOURCE_DIR}/include/freshet DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
if(TARGET freshet_cli)
  install(TARGETS freshet_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  configure_file(${freshet_SOURCE_DIR}/cmake/freshet@.service.in ${freshet_BINARY_DIR}/freshet@.service @ONLY)
  install(FILES ${freshet_BINARY_DIR}/freshet@.service DESTINATION ${CMAKE_INSTALL_DATADIR}/freshet)
endif()

set(freshet_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/freshet)
install(EXPORT freshetTargets NAMESPACE freshet:: DESTINATION ${freshet_package_dir})
configure_package_config_file(${freshet_SOURCE_DIR}/cmake/freshetConfig.cmake.in
                              ${freshet_BINARY_DIR}/freshetConfig.cmake INSTALL_DESTINATION ${freshet_package_dir})
# Before 1.0 a minor version may break what was compiled against the one before.
write_basic_package_version_file(${freshet_BINARY_DIR}/freshetConfigVersion.cmake VERSION ${freshet_VERSION}
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${freshet_BINARY_DIR}/freshetConfig.cmake ${freshet_BINARY_DIR}/freshetConfigVersion.cmake
        DESTINATION ${freshet_package_dir})

# Relative to the .pc file, so that the tree may be moved.
file(RELATIVE_PATH freshet_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${freshet_SOURCE_DIR}/cmake/freshet.pc.in ${freshet_BINARY_DIR}/freshet.pc @ONLY)
install(FILES ${freshet_BINARY_DIR}/freshet.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
