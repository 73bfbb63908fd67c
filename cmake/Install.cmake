# cmake --install: everything in the conventional places. The program finds its library at ../share/appnet from itself; the
# reference policy and what runs on targets are inside it.
include(CMakePackageConfigHelpers)

set(share ${PROJECT_BINARY_DIR}/share)
add_custom_command(
  OUTPUT ${share}.stamp
  COMMAND ${CMAKE_COMMAND} -DAPPNETC=$<TARGET_FILE:appnetc> -DFOLDER=${share} -P ${PROJECT_SOURCE_DIR}/cmake/WriteShare.cmake
  COMMAND ${CMAKE_COMMAND} -E touch ${share}.stamp
  DEPENDS appnetc ${PROJECT_SOURCE_DIR}/cmake/WriteShare.cmake
  VERBATIM)
add_custom_target(completions_and_manual ALL DEPENDS ${share}.stamp)

install(TARGETS appnetc)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/stdlib/std DESTINATION ${CMAKE_INSTALL_DATADIR}/appnet)
foreach(folder bash-completion zsh fish)
  install(DIRECTORY ${share}/${folder} DESTINATION ${CMAKE_INSTALL_DATADIR})
endforeach()
install(DIRECTORY ${share}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION ${CMAKE_INSTALL_DOCDIR}
  FILES_MATCHING PATTERN "*.appnet" PATTERN "README.md")
# `npm run package` in editors/vscode makes it; who doesn't, does without.
file(GLOB extension CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/editors/vscode/*.vsix)
install(FILES ${extension} DESTINATION ${CMAKE_INSTALL_DATADIR}/appnet)

# find_package(appnet), which gives appnet_add_policy().
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/appnet)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/appnetConfig.cmake.in ${PROJECT_BINARY_DIR}/appnetConfig.cmake
  INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/appnetConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/appnetConfig.cmake ${PROJECT_BINARY_DIR}/appnetConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/AppnetAddPolicy.cmake DESTINATION ${package})
