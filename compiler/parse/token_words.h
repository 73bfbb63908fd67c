#pragma once
// Contract: tokens in the user's words, and which of them begin what. Not for other rooms.

#include <antlr4-runtime.h>

#include <string>
#include <string_view>
#include <vector>

namespace appnet::parse {

bool BeginsStatement(std::size_t type);
// A member of a set.
bool BeginsItem(std::size_t type);
// A keyword, mode or protocol name: no declaration may take it.
bool IsReservedWord(std::size_t type);
// All words that may begin a statement, for suggestions.
std::vector<std::string_view> StatementWords();

// What kind of token: "`;`", "a name", "the end of the file".
std::string KindOfToken(std::size_t type, const antlr4::dfa::Vocabulary& words);
// Text of a file in backticks, shortened.
std::string Quoted(std::string_view text);

}  // namespace appnet::parse
