// Whether the compiler's own reader of the module notices what the oracle's model says changed: for each
// mutant whose meaning is another one, by the model, the reader must object.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <array>

#include "oracle/meaning.h"
#include "policies/compile.h"
#include "verify/module_check.h"

namespace appnet::oracle {
namespace {

constexpr std::array<const char*, 5> kPermissions{"send", "recv", "relabelto", "forward_in", "forward_out"};

struct Statement {
  std::size_t begin, end;  // of the list in the text
};

// Every list that stands on one line, nested ones too: statements, branches' rules, conditions' operands.
std::vector<Statement> Statements(const std::string& text) {
  std::vector<Statement> found;
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ';') i = std::min(text.find('\n', i), text.size() - 1);
    if (text[i] == '(') open.push_back(i);
    if (text[i] != ')') continue;
    found.push_back({open.back(), i + 1});
    open.pop_back();
  }
  return found;
}

std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = text.find_first_not_of(" \t\n()", i);
    if (begin == std::string::npos) break;
    i = std::min(text.find_first_of(" \t\n()", begin), text.size());
    words.push_back(text.substr(begin, i - begin));
  }
  return words;
}

// One small change: a list left out, doubled elsewhere, a word for another of the text, an extra rule.
std::string Mutate(const std::string& text, Random& random) {
  const std::vector<Statement> statements = Statements(text);
  const Statement& one = random.Pick(statements);
  const std::string part = text.substr(one.begin, one.end - one.begin);
  const std::vector<std::string> words = Words(part);
  switch (random.Below(4)) {
    case 0:
      return text.substr(0, one.begin) + text.substr(one.end);
    case 1: {  // a word for another one
      static const std::vector<std::string> kSwaps{"send", "recv",  "relabelto", "forward_in", "forward_out",
                                                   "true", "false", "allow",     "auditallow", "mozilla_t",
                                                   "and",  "or",    "sshd_t"};
      const std::string& from = random.Pick(words);
      const Statement& other = random.Pick(statements);
      const auto others = Words(text.substr(other.begin, other.end - other.begin));
      const std::string to = random.Percent(50) ? random.Pick(kSwaps) : random.Pick(others);
      std::string changed = part;
      changed.replace(changed.find(from), from.size(), to);
      return text.substr(0, one.begin) + changed + text.substr(one.end);
    }
    case 2: {  // a rule that is nobody's
      static const std::vector<std::string> kDomains{"mozilla_t", "unconfined_t", "domain", "appnet_loader",
                                                     "sshd_t"};
      const Statement& other = random.Pick(statements);
      const auto types = Words(text.substr(other.begin, other.end - other.begin));
      return text + fmt::format("({} {} {} (packet ({})))\n", random.Percent(70) ? "allow" : "auditallow",
                                random.Pick(kDomains), random.Pick(types), random.Pick(kPermissions));
    }
    default:  // negate
      return text.substr(0, one.begin) + "(not " + part + ")" + text.substr(one.end);
  }
}

// All that a module says, as text.
std::string Everything(const CilModel& module, const Meaning& meaning, const std::set<std::string>& targets) {
  std::string all;
  for (const std::string& type : module.types()) all += type + "\n";
  for (const auto& [name, value] : module.booleans()) all += fmt::format("{} {}\n", name, value);
  for (const std::string& capability : module.capabilities()) all += capability + "\n";
  const sepolicy::Policy& base = ReferencePolicy();
  for (const std::string& type : targets) {
    for (sepolicy::TypeId source = 0; source < base.type_count(); ++source) {
      for (const char* permission : kPermissions) {
        for (const Setting& setting : meaning.settings()) {
          const Right right = module.RightOf(base.TypeName(source), type, permission, setting);
          all += right.allowed ? (right.audited ? 'b' : 'a') : right.audited ? 'l' : '.';
        }
      }
    }
  }
  return all;
}

TEST(ReadBack, NoticesEveryMutantThatMeansSomethingElse) {
  unsigned changed = 0, refused = 0, same = 0;
  for (unsigned i = 0; i < std::min(PoliciesFromEnvironment(12), 200U); ++i) {
    const std::uint64_t seed = SeedFromEnvironment() * 1'000'003 + 700'000 + i;
    Random random(seed);
    std::string complaint;
    const auto compiled = CompileNext(random, {4, true, 0}, complaint);
    ASSERT_NE(compiled, nullptr) << "seed " << seed << "\n" << complaint;
    const std::string& text = compiled->outputs.cil;
    ASSERT_EQ(fmt::format("{}", fmt::join(verify::CheckModule(text, compiled->policy), "\n")), "")
        << "seed " << seed;
    const auto module = CilModel::Load(text, ReferencePolicy());
    ASSERT_TRUE(module.ok()) << module.error().message;
    const ReferenceEvaluator reference(compiled->program, ReferencePolicy());
    const Meaning meaning(reference, module.value());
    std::set<std::string> targets{"unlabeled_t", "http_client_packet_t", "mozilla_t", "sshd_t"};
    for (const ir::Label& label : compiled->policy.labels) targets.insert(label.type);
    const std::string wanted = Everything(module.value(), meaning, targets);
    for (int mutant = 0; mutant < 40; ++mutant) {
      const std::string broken = Mutate(text, random);
      const auto reading = CilModel::Load(broken, ReferencePolicy());
      const bool objects = !verify::CheckModule(broken, compiled->policy).empty();
      bool other = !reading.ok();
      if (reading.ok()) {
        // A boolean that no setting names makes the model's expressions unreadable; its name is new anyway.
        try {
          other = Everything(reading.value(), meaning, targets) != wanted;
        } catch (const std::out_of_range&) {
          other = true;
        }
      }
      ASSERT_TRUE(objects || !other) << "seed " << seed << ", mutant " << mutant << "\n" << broken;
      ++(reading.ok() ? (other ? changed : same) : refused);
    }
  }
  RecordProperty("changed", static_cast<int>(changed));
  RecordProperty("refused", static_cast<int>(refused));
  EXPECT_GT(changed, 50U);
  EXPECT_GT(refused + same, 0U);
}

}  // namespace
}  // namespace appnet::oracle
