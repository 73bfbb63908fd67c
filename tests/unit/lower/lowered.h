#pragma once
// A policy from text to ir::Policy, with the diagnostics at hand.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/memory_file_system.h"
#include "diag/emitter.h"
#include "diag/render_text.h"
#include "lower/lower.h"
#include "parse/parse.h"
#include "sema/check.h"

namespace appnet::lower {

inline const sepolicy::Policy& ReferencePolicy() {
  static const base::Result<sepolicy::Policy> kPolicy = sepolicy::Policy::Reference();
  return kPolicy.value();
}

// The reference policy with more CIL in it.
inline sepolicy::Policy ReferenceWith(const std::string& cil) {
  const base::Result<std::string> image = sepolicy::CompileCil(
      {{"reference.cil", std::string(sepolicy::ReferencePolicySource())}, {"more.cil", cil}}, true);
  EXPECT_TRUE(image.ok()) << (image.ok() ? "" : image.error().message);
  base::Result<sepolicy::Policy> policy = sepolicy::Policy::Read(image.value(), "reference");
  EXPECT_TRUE(policy.ok());
  return std::move(policy).value();
}

struct Lowered {
  std::unique_ptr<source::SourceMap> sources = std::make_unique<source::SourceMap>();
  diag::Emitter emitter;
  std::optional<sema::Program> program;
  std::optional<ir::Policy> policy;

  std::string Messages() const { return diag::RenderText(emitter.Sorted(), *sources, {}); }
  // Names of the labels of a kind, in order.
  std::vector<std::string> Types(ir::LabelKind kind) const {
    std::vector<std::string> types;
    for (const ir::Label& label : policy->labels) {
      if (label.kind == kind) types.push_back(label.type);
    }
    return types;
  }
  const ir::Label& LabelNamed(const std::string& type) const {
    const auto found =
        std::ranges::find_if(policy->labels, [&](const ir::Label& label) { return label.type == type; });
    if (found == policy->labels.end()) {
      ADD_FAILURE() << "no label " << type;
      return policy->labels.front();
    }
    return *found;
  }
  // The type of a flow over IPv4; the port stands for tcp.
  std::string TypeAt(flow::Direction direction, const std::string& peer, unsigned port,
                     const std::string& interface = "eth9") const {
    flow::Flow flow;
    flow.direction = direction;
    flow.family = base::Family::kIpv4;
    flow.peer = base::ParseAddress(peer)->value;
    flow.service = flow::ServiceValue(flow::kProtocolTcp, port);
    flow.self = base::ParseAddress("10.77.0.1")->value;
    flow.interface = policy->interfaces.ClassOf(interface);
    flow.out = direction == flow::Direction::kForward ? policy->interfaces.ClassOf(interface) : 0;
    return policy->labels[ir::LabelOf(*policy, flow)].type;
  }
};

inline Options LoadedBy(const std::string& domain) {
  Options options;
  options.loaders = {domain};
  return options;
}

inline Lowered LowerText(const std::string& text, const Options& options = {},
                         const sepolicy::Policy& base = ReferencePolicy()) {
  Lowered lowered;
  const base::MemoryFileSystem files({{"/p.appnet", text}});
  std::vector<ast::File> roots;
  roots.push_back(parse::Parse(*lowered.sources, lowered.sources->Add("/p.appnet", text), lowered.emitter));
  lowered.program = sema::Check(roots, *lowered.sources, files, base, {}, lowered.emitter);
  if (lowered.program)
    lowered.policy = Lower(*lowered.program, base, *lowered.sources, options, lowered.emitter);
  return lowered;
}

// The statements of a policy with its two required ones before them.
inline Lowered LowerBody(const std::string& body, const Options& options = {},
                         const sepolicy::Policy& base = ReferencePolicy()) {
  Lowered lowered = LowerText("policy p; unmatched deny;\n" + body, options, base);
  EXPECT_EQ(lowered.policy.has_value(), !lowered.emitter.HasErrors()) << lowered.Messages();
  return lowered;
}

}  // namespace appnet::lower
