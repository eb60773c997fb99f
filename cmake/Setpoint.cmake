# Build rules of the house: one static library per folder of src/, its unit tests beside its sources.

option(SETPOINT_BUILD_TESTS "Unit, golden and end-to-end tests" ON)
option(SETPOINT_BUILD_FUZZERS "libFuzzer targets (clang only)" OFF)
option(SETPOINT_BUILD_BENCHES "Benchmark programs" OFF)
set(SETPOINT_SANITIZE "" CACHE STRING "Sanitizers handed to -fsanitize=")

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE ccache)
if(CCACHE)
  # Sloppiness: precompiled headers are checked by ccache itself from their include list.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CCACHE})
endif()
find_program(LLD ld.lld)
if(LLD)
  add_link_options(-fuse-ld=lld)
endif()

# One -fPIE for libraries and programs: a precompiled header is only valid under equal flags.
add_compile_options(-fPIE -fno-omit-frame-pointer -fstack-protector-strong)
add_link_options(-pie)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CCACHE)
  add_compile_options(-fpch-preprocess)
endif()
if(SETPOINT_SANITIZE)
  add_compile_options(-fsanitize=${SETPOINT_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SETPOINT_SANITIZE})
endif()

# The warnings that our own code is held to; third-party headers come in as SYSTEM.
add_library(setpoint_flags INTERFACE)
target_include_directories(setpoint_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(setpoint_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                       -Wcast-align -Wunused -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports false positives in inlined std::string and std::variant code at -O2.
  target_compile_options(setpoint_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict
                         -Wno-stringop-overflow -Wno-array-bounds)
endif()

# setpoint_module(name [USES folder...] [LIBRARIES lib...])
# Compiles every source of the current folder (sub-folders too) into setpoint_<name>; what it may use is what it links.
function(setpoint_module name)
  cmake_parse_arguments(ARG "" "" "USES;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  set(uses)
  foreach(folder IN LISTS ARG_USES)
    list(APPEND uses setpoint_${folder})
  endforeach()
  add_library(setpoint_${name} STATIC ${sources})
  target_link_libraries(setpoint_${name} PUBLIC setpoint_flags ${uses} ${ARG_LIBRARIES})
  setpoint_precompile(setpoint_${name})
  if(tests AND SETPOINT_BUILD_TESTS)
    setpoint_gtest(${name}_test SOURCES ${tests} USES ${name})
  endif()
endfunction()

# One precompiled header for the whole project: the standard library, JSON, Result.
function(setpoint_precompile target)
  if(NOT TARGET setpoint_pch)
    file(WRITE ${CMAKE_BINARY_DIR}/pch_anchor.cpp "namespace setpoint { int pch_anchor() { return 0; } }\n")
    add_library(setpoint_pch STATIC ${CMAKE_BINARY_DIR}/pch_anchor.cpp)
    target_link_libraries(setpoint_pch PUBLIC setpoint_flags fmt::fmt nlohmann_json::nlohmann_json)
    target_precompile_headers(setpoint_pch PRIVATE <algorithm> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional>
                              <string> <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h>
                              <nlohmann/json.hpp> <tl/expected.hpp>)
  endif()
  # libfmt's target carries a definition, so every target gets it: a precompiled header is only valid under equal flags.
  target_link_libraries(${target} PUBLIC fmt::fmt nlohmann_json::nlohmann_json)
  target_precompile_headers(${target} REUSE_FROM setpoint_pch)
endfunction()

# setpoint_gtest(name SOURCES file... USES folder... [LABELS label...])
function(setpoint_gtest name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LABELS;LIBRARIES" ${ARGN})
  find_package(GTest REQUIRED)
  add_executable(${name} ${ARG_SOURCES})
  set(uses)
  foreach(folder IN LISTS ARG_USES)
    list(APPEND uses setpoint_${folder})
  endforeach()
  target_link_libraries(${name} PRIVATE ${uses} ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main)
  setpoint_precompile(${name})
  target_compile_definitions(${name} PRIVATE SETPOINT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  if(NOT TARGET unit_tests)
    add_custom_target(unit_tests)
  endif()
  add_dependencies(unit_tests ${name})
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1 --gtest_output=xml:${CMAKE_BINARY_DIR}/results/${name}.xml
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "unit;${ARG_LABELS}" TIMEOUT 600)
endfunction()

# setpoint_fuzz(name USES folder...): <name>.cpp in the current folder, fuzz/<subject>/; seeds in fuzz/<subject>/seeds/
function(setpoint_fuzz name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  set(uses)
  foreach(folder IN LISTS ARG_USES)
    list(APPEND uses setpoint_${folder})
  endforeach()
  add_executable(${name} ${name}.cpp)
  target_link_libraries(${name} PRIVATE ${uses})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  setpoint_precompile(${name})
endfunction()

# setpoint_python_test(name FILE test.py [LABELS label...]): a unittest file, run by Debian's own Python, that finds the built
# program as the environment's SETPOINT_BINARY and the sources as SETPOINT_SOURCE_DIR.
function(setpoint_python_test name)
  cmake_parse_arguments(ARG "" "FILE" "LABELS" ${ARGN})
  add_test(NAME ${name} COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/tools/unittest_junit.py ${CMAKE_BINARY_DIR}/results/${name}.xml
           ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_FILE} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "end-to-end;${ARG_LABELS}" TIMEOUT 900
    ENVIRONMENT "SETPOINT_BINARY=${CMAKE_BINARY_DIR}/setpoint;SETPOINT_SOURCE_DIR=${CMAKE_SOURCE_DIR};SETPOINT_BUILD_DIR=${CMAKE_BINARY_DIR}")
endfunction()
