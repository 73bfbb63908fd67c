#include "sema/modules.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "diag/suggest.h"
#include "parse/parse.h"
#include "sema/paths.h"

namespace appnet::sema {
namespace {

using diag::Kind;

struct Candidate {
  std::string path;       // to open
  std::string shown;      // in messages
  bool standard = false;  // comes with the program: shown without the folder it is installed in
};

class Loader {
 public:
  explicit Loader(const Inputs& inputs) : inputs_(inputs) {}

  Modules Load(const std::vector<ast::File>& roots) {
    // Syntax errors were reported before we came; whose file they were in doesn't matter.
    const bool broken = inputs_.emitter.HasErrors();
    for (const ast::File& root : roots) AddRoot(root, broken);
    modules_.root_count = modules_.all.size();
    // Imports are appended to the list while it is walked.
    for (ModuleId id = 0; id < modules_.all.size(); ++id) {
      for (const ast::Statement& statement : modules_.all[id].tree->statements) {
        if (const auto* import = std::get_if<ast::Import>(&statement.what)) Follow(id, *import);
      }
    }
    return std::move(modules_);
  }

 private:
  void AddRoot(const ast::File& root, bool broken) {
    const std::string& name = inputs_.sources.Name(root.file);
    const base::Result<std::string> real = inputs_.files.RealPath(name);
    // Standard input and an editor's unsaved text have no real place: they stand where their name says.
    std::string real_path = real ? real.value() : name;
    if (!by_path_.emplace(real_path, static_cast<ModuleId>(modules_.all.size())).second) return;
    Module module;
    module.tree = &root;
    module.real_path = std::move(real_path);
    module.root = true;
    module.broken = broken;
    module.incomplete = broken;
    ReadHeader(module, inputs_);
    modules_.all.push_back(std::move(module));
  }

  void Follow(ModuleId from, const ast::Import& import) {
    const std::optional<ModuleId> target = import.is_path ? FindPath(from, import) : FindDotted(import);
    if (!target) {
      modules_.all[from].incomplete = true;
      return;
    }
    const Module& module = modules_.all[*target];
    if (!module.library && !module.name.empty()) {
      inputs_.emitter
          .Report(Kind::kImportOfPolicy, import.target_span,
                  fmt::format("`{}` is a policy, and only a library can be imported", ShownName(module)))
          .Label(module.name_span, "a policy by this statement")
          .Help(
              "move what both need into a file that begins with `library NAME;`, or give both files on the "
              "command line");
      modules_.all[from].incomplete = true;
      return;
    }
    if (module.root && !module.library) {
      inputs_.emitter
          .Report(Kind::kMissingHeader, import.target_span,
                  fmt::format("`{}` is one of the files of this policy, and has no `library` statement",
                              ShownName(module)))
          .Help("files given together on the command line see each other's names without an import");
      return;
    }
    modules_.all[from].imports.push_back({*target, import.target_span});
  }

  std::optional<ModuleId> FindPath(ModuleId from, const ast::Import& import) {
    const Module& importing = modules_.all[from];
    const std::string target(import.target);
    std::vector<Candidate> candidates;
    const std::string real_folder = FolderOf(importing.real_path);
    candidates.push_back({JoinPath(real_folder, target), JoinPath(FolderOf(ShownName(importing)), target),
                          standard_.contains(from)});
    for (const std::string& folder : inputs_.options.import_path) {
      candidates.push_back({JoinPath(folder, target), JoinPath(folder, target)});
    }
    return FindAmong(candidates, import);
  }

  std::optional<ModuleId> FindDotted(const ast::Import& import) {
    std::string file(import.target);
    for (char& c : file) {
      if (c == '.') c = '/';
    }
    file += ".appnet";
    std::vector<Candidate> candidates;
    if (!inputs_.options.library_path.empty()) {
      candidates.push_back({JoinPath(inputs_.options.library_path, file), file, true});
    }
    for (const std::string& folder : inputs_.options.import_path) {
      candidates.push_back({JoinPath(folder, file), JoinPath(folder, file)});
    }
    return FindAmong(candidates, import);
  }

  std::optional<ModuleId> FindAmong(const std::vector<Candidate>& candidates, const ast::Import& import) {
    for (const Candidate& candidate : candidates) {
      if (import.target.empty() || !inputs_.files.Exists(candidate.path)) continue;
      return Open(candidate, import);
    }
    auto report = inputs_.emitter.Report(Kind::kUnknownImport, import.target_span,
                                         fmt::format("there is no library `{}`", import.target));
    for (const Candidate& candidate : candidates)
      report.Note(fmt::format("looked for `{}`", candidate.shown));
    if (const auto near = NearestFile(candidates)) {
      report.Help(fmt::format("there is `{}`", *near));
    } else if (import.is_path) {
      report.Help("a path is relative to the importing file; `-I DIR` adds a folder to look in");
    } else {
      report.Help(
          "`a.b` is the file `a/b.appnet` in a folder given with `-I DIR`, or comes with the program");
    }
    return std::nullopt;
  }

  // A file in the same folder with a similar name.
  std::optional<std::string> NearestFile(const std::vector<Candidate>& candidates) const {
    for (const Candidate& candidate : candidates) {
      const std::string folder = FolderOf(candidate.path);
      const base::Result<std::vector<std::string>> names = inputs_.files.List(folder.empty() ? "." : folder);
      if (!names) continue;
      const std::string_view wanted = std::string_view(candidate.path).substr(candidate.path.rfind('/') + 1);
      const auto near = diag::Nearest(wanted, {names.value().begin(), names.value().end()});
      if (near && near->ends_with(".appnet")) return JoinPath(FolderOf(candidate.shown), *near);
    }
    return std::nullopt;
  }

  std::optional<ModuleId> Open(const Candidate& candidate, const ast::Import& import) {
    const base::Result<std::string> real = inputs_.files.RealPath(candidate.path);
    if (!real) return Unreadable(import, real.error());
    if (const auto known = by_path_.find(real.value()); known != by_path_.end()) return known->second;
    base::Result<std::string> text = inputs_.files.Read(real.value());
    if (!text) return Unreadable(import, text.error());
    // Seen from a linked file, the folder that is shown may be another than the one that was read.
    const base::Result<std::string> shown_real = inputs_.files.RealPath(candidate.shown);
    const bool same = candidate.standard || (shown_real && shown_real.value() == real.value());
    const source::FileId file =
        inputs_.sources.Add(same ? candidate.shown : real.value(), std::move(text).value());
    const std::size_t errors = inputs_.emitter.error_count();
    modules_.loaded.push_back(parse::Parse(inputs_.sources, file, inputs_.emitter));
    Module module;
    module.tree = &modules_.loaded.back();
    module.real_path = real.value();
    module.broken = inputs_.emitter.error_count() != errors;
    module.incomplete = module.broken;
    ReadHeader(module, inputs_);
    // Another policy's statements are none of ours, and neither are its mistakes.
    if (!module.library && !module.name.empty()) modules_.loaded.back().statements.clear();
    const auto id = static_cast<ModuleId>(modules_.all.size());
    by_path_.emplace(real.value(), id);
    if (candidate.standard) standard_.insert(id);
    modules_.all.push_back(std::move(module));
    return id;
  }

  std::optional<ModuleId> Unreadable(const ast::Import& import, const base::Error& error) {
    inputs_.emitter
        .Report(Kind::kUnknownImport, import.target_span,
                fmt::format("can't read the library `{}`", import.target))
        .Note(error.message);
    return std::nullopt;
  }

  const std::string& ShownName(const Module& module) const { return inputs_.sources.Name(module.tree->file); }

  const Inputs& inputs_;
  Modules modules_;
  std::map<std::string, ModuleId> by_path_;
  std::set<ModuleId> standard_;
};

}  // namespace

std::string_view Modules::PolicyName() const {
  for (std::size_t i = 0; i < root_count; ++i) {
    if (!all[i].library && !all[i].name.empty()) return all[i].name;
  }
  return {};
}

Modules LoadModules(const std::vector<ast::File>& roots, const Inputs& inputs) {
  return Loader(inputs).Load(roots);
}

}  // namespace appnet::sema
