# appnet_add_policy(TARGET SOURCES file... [OUTPUT file] [POLICY file] [MODULES file...] [OPTIONS option...])
#
# Compiles a policy as part of the target `all`, and again when one of its files, an import, the base policy or a module has
# changed. POLICY is the target machine's binary policy, or `reference`; OUTPUT is TARGET.appnet.tar in the build folder
# unless given; OPTIONS go to `appnetc build`. The target's property APPNET_ARTIFACT is the artifact's path.
function(appnet_add_policy target)
  cmake_parse_arguments(PARSE_ARGV 1 given "" "OUTPUT;POLICY" "SOURCES;MODULES;OPTIONS")
  if(NOT given_SOURCES)
    message(FATAL_ERROR "appnet_add_policy(${target}): SOURCES are missing")
  endif()
  if(given_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "appnet_add_policy(${target}): what is ${given_UNPARSED_ARGUMENTS}?")
  endif()
  if(NOT given_OUTPUT)
    set(given_OUTPUT ${target}.appnet.tar)
  endif()
  cmake_path(ABSOLUTE_PATH given_OUTPUT BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  set(options ${given_OPTIONS})
  set(inputs)
  foreach(source IN LISTS given_SOURCES)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    list(APPEND inputs ${source})
  endforeach()
  set(sources ${inputs})
  foreach(module IN LISTS given_MODULES)
    cmake_path(ABSOLUTE_PATH module BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    list(APPEND options --module ${module})
    list(APPEND inputs ${module})
  endforeach()
  if(given_POLICY)
    if(NOT given_POLICY STREQUAL reference)
      cmake_path(ABSOLUTE_PATH given_POLICY BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
      list(APPEND inputs ${given_POLICY})
    endif()
    list(APPEND options --policy ${given_POLICY})
  endif()
  add_custom_command(
    OUTPUT ${given_OUTPUT}
    COMMAND ${APPNETC} build -q ${options} -MD -MF ${given_OUTPUT}.d -o ${given_OUTPUT} ${sources}
    DEPENDS ${inputs} ${APPNETC}
    DEPFILE ${given_OUTPUT}.d
    COMMENT "Compiling the appnet policy ${target}"
    VERBATIM)
  add_custom_target(${target} ALL DEPENDS ${given_OUTPUT})
  set_target_properties(${target} PROPERTIES APPNET_ARTIFACT ${given_OUTPUT})
endfunction()
