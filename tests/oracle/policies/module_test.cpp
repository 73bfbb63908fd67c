// The module as libsepol compiles it against the module as our reader understands it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "oracle/meaning.h"
#include "policies/compile.h"

namespace appnet::oracle {
namespace {

constexpr const char* kPermissions[] = {"send", "recv", "forward_in", "forward_out"};

// A policy leaves out what a module of ours brought; under other names it shows.
std::string Disguise(std::string text) {
  const std::string from = "appnet_";
  for (const char* name : {"packet_type", "kernel", "loader"}) {
    const std::string whole = from + name;
    for (std::size_t at = text.find(whole); at != std::string::npos; at = text.find(whole, at + 1)) {
      const char next = at + whole.size() < text.size() ? text[at + whole.size()] : ' ';
      if (next != '_') text.replace(at, from.size(), "other_");
    }
  }
  return text;
}

std::string CheckModule(const Compiled& compiled, const CilModel& module, const Meaning& meaning) {
  auto image = sepolicy::CompileCil(
      {{"base", std::string(sepolicy::ReferencePolicySource())}, {"module", Disguise(compiled.outputs.cil)}},
      true);
  if (!image) return image.error().message;
  const auto linked = sepolicy::Policy::Read(std::move(image).value(), "linked");
  if (!linked) return linked.error().message;
  const sepolicy::Policy& policy = linked.value();
  for (const auto& [name, value] : module.booleans()) {
    const auto boolean = policy.FindBoolean(name);
    if (!boolean || policy.BooleanDefault(*boolean) != value) return "boolean " + name;
  }
  for (const std::string& type : module.types()) {
    const auto target = policy.Find(type);
    if (target.kind != sepolicy::NameLookup::Kind::kType) return "no type " + type;
    if (!policy.IsValidContext(ReferencePolicy().PacketContext(type)))
      return "no packet can have type " + type;
    for (sepolicy::TypeId source = 0; source < policy.type_count(); ++source) {
      for (const char* permission : kPermissions) {
        const sepolicy::Access access = policy.Allowed(source, target.id, "packet", permission);
        bool always = true, ever = false;
        for (const Setting& setting : meaning.settings()) {
          const bool allowed = module.RightOf(policy.TypeName(source), type, permission, setting).allowed;
          always = always && allowed;
          ever = ever || allowed;
          bool is_default = true;
          for (const auto& [name, value] : setting)
            is_default = is_default && policy.BooleanDefault(*policy.FindBoolean(name)) == value;
          if (is_default && access.at_defaults != allowed) {
            return fmt::format("{} {} {} at the booleans' defaults", policy.TypeName(source), permission,
                               type);
          }
        }
        // `always` and `ever` look at single conditional rules: they may say less, never more
        if ((access.always && !always) || (ever && !access.ever)) {
          return fmt::format("{} {} {}", policy.TypeName(source), permission, type);
        }
      }
    }
  }
  return "";
}

TEST(Module, MeansToLibsepolWhatItMeansToUs) {
  for (unsigned i = 0; i < std::min(PoliciesFromEnvironment(25), 200U); ++i) {
    const std::uint64_t seed = SeedFromEnvironment() * 1'000'003 + 600'000 + i;
    Random random(seed);
    std::string complaint;
    const auto compiled = CompileNext(random, {8, true, 0}, complaint);
    ASSERT_NE(compiled, nullptr) << "seed " << seed << "\n" << complaint;
    const ReferenceEvaluator reference(compiled->program, ReferencePolicy());
    const auto module = CilModel::Load(compiled->outputs.cil, ReferencePolicy());
    ASSERT_TRUE(module.ok()) << "seed " << seed << "\n" << module.error().message;
    const Meaning meaning(reference, module.value());
    const std::string wrong = CheckModule(*compiled, module.value(), meaning);
    ASSERT_TRUE(wrong.empty()) << "seed " << seed << "\n"
                               << wrong << "\n"
                               << compiled->text << compiled->outputs.cil;
    EXPECT_EQ(module.value().capabilities().contains("always_check_network"),
              compiled->program.enforce_always)
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace appnet::oracle
