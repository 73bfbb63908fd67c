#pragma once
// Contract: trees and base policy to Program. Loads imports until the set is closed; later steps open no
// files. Reports every error it finds; gives a Program only when there is none. An unreadable import is an
// error of the policy.

#include <optional>
#include <string>
#include <vector>

#include "ast/ast.h"
#include "ast/question.h"
#include "base/file_system.h"
#include "diag/emitter.h"
#include "sema/program.h"

namespace appnet::sema {

struct Options {
  std::vector<std::string> import_path;  // -I, after the importing file's folder
  std::string library_path;              // where std/ is; may be empty when there is none
  std::string as_of;                     // YYYY-MM-DD, for @expires
  // A sentence to resolve with the names that the file with the `policy` statement sees.
  const ast::Question* question = nullptr;
  // Types whose names begin like ours and carry our attribute belong to an earlier module of ours in the base
  // policy.
};

// `roots` are parsed root files, in the order given on the command line.
std::optional<Program> Check(const std::vector<ast::File>& roots, source::SourceMap& sources,
                             const base::FileSystem& files, const sepolicy::Policy& policy,
                             const Options& options, diag::Emitter& emitter);

}  // namespace appnet::sema
