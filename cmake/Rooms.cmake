# One static library per room of compiler/, so that the link lines are the rule of who may know whom.
#   appnet_room(NAME [KNOWS room...] [LIBRARIES library...])
# takes every .cpp below the current folder and names the library appnet_NAME.
add_library(appnet_options INTERFACE)
target_compile_options(appnet_options INTERFACE -Wall -Wextra -Werror)
target_include_directories(appnet_options INTERFACE ${PROJECT_SOURCE_DIR}/compiler)
if(APPNET_SANITIZE)
  target_compile_options(appnet_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(appnet_options INTERFACE -fsanitize=address,undefined)
endif()
if(APPNET_FUZZ)
  # clang's own warnings are clang-tidy's to report; a fuzzer is wanted all the same.
  target_compile_options(appnet_options INTERFACE -fsanitize=fuzzer-no-link -Wno-error)
endif()

function(appnet_room name)
  cmake_parse_arguments(ROOM "" "" "KNOWS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)  # temp
    file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp "")
    set(sources ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp)
  endif()
  add_library(appnet_${name} STATIC ${sources})
  target_link_libraries(appnet_${name} PUBLIC appnet_options)
  foreach(room IN LISTS ROOM_KNOWS)
    target_link_libraries(appnet_${name} PUBLIC appnet_${room})
  endforeach()
  target_link_libraries(appnet_${name} PUBLIC ${ROOM_LIBRARIES})
endfunction()
