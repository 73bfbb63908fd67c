#pragma once
// Contract: the words of one -A line after the chain's name as a Rule. Tests of addresses, interfaces and
// protocol come first, as in the kernel, then the matches in the order of the text.

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verify/rules/ruleset.h"

namespace appnet::verify::rules {

class IptablesRuleReader {
 public:
  using FindChain = std::function<std::optional<ChainId>(std::string_view)>;  // by a name of ours
  using FindContext = std::function<ContextId(std::string_view)>;
  IptablesRuleReader(Family family, FindChain find_chain, FindContext find_context)
      : family_(family), find_chain_(std::move(find_chain)), find_context_(std::move(find_context)) {}

  // Why the rule is refused, or nothing.
  std::optional<std::string> Read(std::string_view text, Rule& rule);

 private:
  bool SplitWords(std::string_view text);
  bool ReadOption();
  bool ReadMatch();
  bool ReadProtocol(bool negated);
  bool ReadInterface(Selector selector);
  bool ReadAddress(Selector selector, bool range);
  bool ReadPorts(Selector selector, bool multiport);
  bool ReadIcmp();
  bool ReadIcmpByHand();
  bool ReadConnection(std::string_view option);
  bool ReadReplySource(bool port);
  bool ReadConnectionLabel();
  bool ReadTcpFlags(bool negated);
  bool ReadPacketType();
  bool ReadMark();
  bool ReadTarget(bool goes_to);
  bool ReadSetMark();

  bool Refuse(std::string why);
  bool RefuseWord();
  std::string_view Next();  // empty at the end
  bool At(std::string_view word) const { return at_ < words_.size() && words_[at_] == word; }
  bool HasMatch(std::string_view name) const { return match_ == name; }
  void AddTest(Selector selector, IntervalSet values);

  Family family_;
  FindChain find_chain_;
  FindContext find_context_;
  std::vector<std::string_view> words_;
  std::deque<std::string> unquoted_;
  std::size_t at_ = 0;
  std::string_view match_;   // the last -m
  unsigned protocol_ = 256;  // of -p, without !
  std::vector<Step> first_;  // tests of the IP header and interfaces
  std::vector<Step> matches_;
  std::vector<Step> target_;
  std::optional<std::string> refusal_;
};

}  // namespace appnet::verify::rules
