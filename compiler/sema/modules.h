#pragma once
// Contract: the closed set of files of a policy. Loads every import once by its real place; afterwards nobody
// opens a file. Reports imports that can't be had, wrong headers and import cycles.

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "ast/ast.h"
#include "sema/inputs.h"

namespace appnet::sema {

using ModuleId = std::uint32_t;

struct ImportEdge {
  ModuleId target = 0;
  source::Span span;  // of the target in the import statement
};

struct Module {
  const ast::File* tree = nullptr;
  std::string real_path;  // absolute, without links
  bool root = false;
  bool library = false;   // by its header
  std::string_view name;  // of its header; empty without one
  source::Span name_span;
  bool broken = false;  // its text has syntax errors: statements may be missing
  bool incomplete =
      false;  // broken, or without all its imports: a name that is missing is no mistake of its own
  std::vector<ImportEdge> imports;
};

struct Modules {
  std::vector<Module> all;       // the roots as given, then imports in the order they were met
  std::deque<ast::File> loaded;  // owns the trees of imports
  std::size_t root_count = 0;

  // The policy's name; empty without a `policy` statement. Roots without a header belong to it.
  std::string_view PolicyName() const;
};

Modules LoadModules(const std::vector<ast::File>& roots, const Inputs& inputs);

// Reads the header of a module into it; reports one that is missing, doubled or in the wrong kind of file.
void ReadHeader(Module& module, const Inputs& inputs);
// Exactly one root has a `policy` statement.
void CheckPolicyHeader(const Modules& modules, const Inputs& inputs);
void CheckImportCycles(const Modules& modules, const Inputs& inputs);

}  // namespace appnet::sema
