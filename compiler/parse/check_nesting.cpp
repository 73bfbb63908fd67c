#include "parse/check_nesting.h"

#include <AppnetLexer.h>
#include <fmt/format.h>

#include <vector>

#include "parse/parse.h"
#include "parse/token_span.h"

namespace appnet::parse {
namespace {

using generated::AppnetLexer;

class Depth {
 public:
  // The depth after this token.
  int Take(std::size_t type, bool else_if_follows, bool else_follows) {
    switch (type) {
      case AppnetLexer::NOT:
        ++nots_;
        return depth_ + nots_;
      case AppnetLexer::LEFT_PAREN:
        open_.push_back({false, depth_, chain_base_});
        depth_ += nots_ + 1;
        break;
      case AppnetLexer::RIGHT_PAREN:
        if (!open_.empty() && !open_.back().brace) Close();
        break;
      case AppnetLexer::LEFT_BRACE:
        open_.push_back({true, depth_, chain_base_});
        ++depth_;
        chain_base_ = kNoChain;
        break;
      case AppnetLexer::RIGHT_BRACE:
        // Parentheses that a broken statement left open end here too; a brace that closes nothing changes
        // nothing.
        while (!open_.empty() && !open_.back().brace) Close();
        if (!open_.empty()) Close();
        FollowChain(else_if_follows, else_follows);
        break;
      default:
        break;
    }
    nots_ = 0;
    return depth_;
  }

 private:
  struct Open {
    bool brace;
    int depth;       // outside of it
    int chain_base;  // likewise
  };
  static constexpr int kNoChain = -1;

  void Close() {
    depth_ = open_.back().depth;
    chain_base_ = open_.back().chain_base;
    open_.pop_back();
  }

  // Each `else if` is a tree level below the one before; all end together.
  void FollowChain(bool else_if_follows, bool else_follows) {
    if (else_if_follows) {
      if (chain_base_ == kNoChain) chain_base_ = depth_;
      ++depth_;
    } else if (!else_follows && chain_base_ != kNoChain) {
      depth_ = chain_base_;
      chain_base_ = kNoChain;
    }
  }

  std::vector<Open> open_;
  int depth_ = 0;
  int nots_ = 0;
  int chain_base_ = kNoChain;
};

}  // namespace

bool CheckNesting(const std::vector<antlr4::Token*>& tokens, source::FileId file, diag::Emitter& emitter) {
  Depth depth;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto is = [&](std::size_t at, std::size_t type) {
      return at < tokens.size() && tokens[at]->getType() == type;
    };
    const bool else_follows = is(i + 1, AppnetLexer::ELSE);
    const bool else_if_follows = else_follows && is(i + 2, AppnetLexer::IF);
    if (depth.Take(tokens[i]->getType(), else_if_follows, else_follows) <= kMaxNesting) continue;
    emitter
        .Report(diag::Kind::kNestingTooDeep, SpanOf(file, *tokens[i]),
                fmt::format("this nests more than {} levels deep", kMaxNesting))
        .Note("blocks, parentheses, `not` and `else if` each count as a level");
    return false;
  }
  return true;
}

}  // namespace appnet::parse
