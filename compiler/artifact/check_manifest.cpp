#include "artifact/check_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "artifact/manifest.h"
#include "artifact/sums.h"

namespace appnet::artifact {
namespace {

using Json = nlohmann::json;
using Problems = std::vector<std::string>;

constexpr std::size_t kMostShown = 10;
constexpr std::size_t kLongestValue = 80;

std::string Shown(const Json& json) {
  if (json.is_array()) return fmt::format("a list of {}", json.size());
  if (json.is_object()) return "an object";
  std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > kLongestValue) text.resize(kLongestValue), text += "...";
  return text;
}

// Where two values differ, each place once. As deep as `due` is.
void Compare(const std::string& path, const Json& is, const Json& due, Problems& problems) {
  if (problems.size() >= kMostShown || is == due) return;
  if (is.is_object() && due.is_object()) {
    for (const auto& [key, value] : is.items()) {
      if (!due.contains(key))
        problems.push_back(fmt::format("manifest.json: `{}{}` is no key of it", path, key));
    }
    for (const auto& [key, value] : due.items()) {
      if (!is.contains(key)) {
        problems.push_back(fmt::format("manifest.json: `{}{}` is missing", path, key));
      } else {
        Compare(path + key + (value.is_structured() ? "." : ""), is[key], value, problems);
      }
    }
    return;
  }
  if (is.is_array() && due.is_array() && is.size() == due.size()) {
    for (std::size_t i = 0; i < due.size(); ++i)
      Compare(fmt::format("{}{}{}", path, i, due[i].is_structured() ? "." : ""), is[i], due[i], problems);
    return;
  }
  std::string_view place = path;
  if (place.ends_with('.')) place.remove_suffix(1);
  problems.push_back(fmt::format("manifest.json: `{}` is {}, but all the rest of it comes to {}", place,
                                 Shown(is), Shown(due)));
}

// The same contents written once more: what follows from something else stands there as it follows.
void CompareWithWritten(const ManifestContents& manifest, std::string_view text,
                        const std::vector<base::OutputFile>& files, Problems& problems) {
  std::vector<base::OutputFile> parts;
  std::ranges::copy_if(files, std::back_inserter(parts), [](const base::OutputFile& file) {
    return file.name != "manifest.json" && file.name != kSumsName;
  });
  const std::string written = Manifest(manifest.policy, parts, manifest.inputs);
  if (written == text) return;
  const std::size_t before = problems.size();
  Compare("", Json::parse(text, nullptr, false), Json::parse(written, nullptr, false), problems);
  if (problems.size() == before)
    problems.emplace_back("manifest.json: it is in another form than appnetc writes");
}

bool MayBeLocal(ir::LabelKind kind) {
  return kind == ir::LabelKind::kBase || kind == ir::LabelKind::kUnmatchedAudit ||
         kind == ir::LabelKind::kUnmatchedDeny;
}
bool MayBeForward(ir::LabelKind kind) {
  return kind == ir::LabelKind::kBase || kind == ir::LabelKind::kForwardAudit ||
         kind == ir::LabelKind::kForwardDeny;
}
bool IsClass(ir::LabelKind kind) {
  return kind == ir::LabelKind::kClass || kind == ir::LabelKind::kForwardClass;
}

// The context with `*` for the type, or nothing where the type is not in it.
std::string FrameOf(const ir::Label& label) {
  const std::size_t begin = label.context.find(':', label.context.find(':') + 1);
  if (begin == std::string::npos || label.context.compare(begin + 1, label.type.size(), label.type) != 0)
    return "";
  const std::string behind = label.context.substr(begin + 1 + label.type.size());
  return behind.empty() || behind[0] == ':' ? label.context.substr(0, begin + 1) + "*" + behind : "";
}

class LabelCheck {
 public:
  LabelCheck(const ir::Policy& policy, Problems& problems) : policy_(policy), problems_(problems) {}

  void Run() {
    for (const ir::Label& label : policy_.labels) CheckLabel(label);
    for (std::size_t i = 1; i < policy_.labels.size(); ++i) {
      const ir::Label& a = policy_.labels[i - 1];
      const ir::Label& b = policy_.labels[i];
      if (std::tie(a.kind, a.type) > std::tie(b.kind, b.type)) Wrong(b, "stands in the wrong place");
    }
    if (!MayBeLocal(policy_.labels[policy_.unmatched].kind))
      Wrong(policy_.labels[policy_.unmatched], "can't be what unmatched packets carry");
    if (!MayBeForward(policy_.labels[policy_.unmatched_forward].kind))
      Wrong(policy_.labels[policy_.unmatched_forward], "can't be what unmatched forwarded packets carry");
    if (policy_.transit != policy_.unmatched_forward &&
        policy_.labels[policy_.transit].kind != ir::LabelKind::kTransit)
      Wrong(policy_.labels[policy_.transit], "can't be what new forwarded packets carry");
  }

 private:
  void Wrong(const ir::Label& label, std::string_view what) {
    problems_.push_back(fmt::format("manifest.json: the packet type `{}` {}", label.type, what));
  }

  void CheckLabel(const ir::Label& label) {
    if (!types_.insert(label.type).second) Wrong(label, "is there twice");
    if (label.own == (label.kind == ir::LabelKind::kBase))
      Wrong(label, "must be the module's own just where it is none of the base policy");
    CheckContext(label);
    // A class has none where all its rules are under conditions that never hold.
    if (!IsClass(label.kind) && !label.grants.empty()) Wrong(label, "has grants, but no rule makes it");
    for (std::size_t i = 1; i < label.grants.size(); ++i) {
      if (label.grants[i - 1].domain >= label.grants[i].domain)
        Wrong(label, "has grants that are not sorted");
    }
    for (std::size_t i = 0; i < label.rules.size(); ++i) {
      if (label.rules[i] >= policy_.rules.size()) Wrong(label, "names a rule that there is none of");
      if (i > 0 && label.rules[i - 1] >= label.rules[i]) Wrong(label, "has rules that are not sorted");
    }
  }

  // One user, role and level for all; what the kernel gives unlabelled packets may have others.
  void CheckContext(const ir::Label& label) {
    const std::string frame = FrameOf(label);
    if (frame.empty())
      return Wrong(label, fmt::format("has the context `{}` of another type", label.context));
    if (label.type == policy_.unlabeled_type) return;
    if (frame_.empty()) frame_ = frame;
    if (frame != frame_)
      Wrong(label, fmt::format("has the context `{}`, but others are as `{}`", label.context, frame_));
  }

  const ir::Policy& policy_;
  Problems& problems_;
  std::set<std::string_view> types_;
  std::string frame_;
};

}  // namespace

std::vector<std::string> CheckManifest(const ManifestContents& manifest, std::string_view text,
                                       const std::vector<base::OutputFile>& files) {
  Problems problems;
  LabelCheck(manifest.policy, problems).Run();
  const auto& inputs = manifest.inputs;
  const bool has_level = !manifest.requirements.level.empty();
  if (inputs.base_policy_mls != has_level)
    problems.emplace_back("manifest.json: there must be an MLS level just where the base policy has MLS");
  CompareWithWritten(manifest, text, files, problems);
  return problems;
}

}  // namespace appnet::artifact
