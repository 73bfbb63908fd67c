#include "policies/minimize.h"

#include <algorithm>

namespace appnet::oracle {
namespace {

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string JoinWithout(const std::vector<std::string>& lines, std::size_t first, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i < first || i >= first + count) text += lines[i] + "\n";
  }
  return text;
}

}  // namespace

base::Result<std::unique_ptr<RuleSet>> LoadRules(Backend backend, const Outputs& outputs) {
  if (backend == Backend::kNftables) {
    auto model = NftModel::Load(outputs.nft);
    if (!model) return model.error();
    return std::unique_ptr<RuleSet>(std::make_unique<NftModel>(std::move(model).value()));
  }
  auto model = IptablesModel::Load(outputs.v4, outputs.v6);
  if (!model) return model.error();
  return std::unique_ptr<RuleSet>(std::make_unique<IptablesModel>(std::move(model).value()));
}

std::string CompareText(Backend backend, const std::string& text, const Conversation& conversation) {
  std::string errors;
  const auto compiled = Compile(text, errors);
  if (compiled == nullptr) return "";
  const ReferenceEvaluator reference(compiled->program, ReferencePolicy());
  const auto module = CilModel::Load(compiled->outputs.cil, ReferencePolicy());
  const auto rules = LoadRules(backend, compiled->outputs);
  if (!module || !rules) return "does not load";
  Meaning meaning(reference, module.value());
  return Compare(backend, *rules.value(), conversation, reference, meaning);
}

Failure Minimize(Backend backend, Failure failure) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    // whole blocks first, then what they hold
    for (std::size_t count : {6U, 5U, 4U, 3U, 2U, 1U}) {
      std::vector<std::string> lines = Lines(failure.text);
      for (std::size_t first = 1; first + count <= lines.size();) {
        const std::string text = JoinWithout(lines, first, count);
        if (CompareText(backend, text, failure.conversation).empty()) {
          ++first;
          continue;
        }
        failure.text = text;
        lines = Lines(text);
        smaller = true;
      }
    }
    for (std::size_t i = 0; i < failure.conversation.journeys.size();) {
      Conversation fewer = failure.conversation;
      fewer.journeys.erase(fewer.journeys.begin() + static_cast<std::ptrdiff_t>(i));
      if (CompareText(backend, failure.text, fewer).empty()) {
        ++i;
        continue;
      }
      failure.conversation = fewer;
      smaller = true;
    }
  }
  return failure;
}

}  // namespace appnet::oracle
