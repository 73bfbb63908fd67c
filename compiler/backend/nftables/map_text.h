#pragma once
// Contract: a netfilter::Table as nftables maps and sets, and the rules that read them, most specific layer
// first.
//
// Field orders follow measurements: the most selective field, the peer's address, comes first. Exact entries
// are in hashed maps, any-peer entries in maps of their own, so that they cost nothing to others.

#include <string>
#include <vector>

#include "backend/netfilter/cover.h"

namespace appnet::backend::nftables {

struct TableText {
  std::string maps;  // declarations with elements
  // Rules in order. "{peer}", "{self}" and "{port}" stand for the packet's fields.
  std::vector<std::string> rules;
};

TableText WriteTable(const netfilter::Table& table, const std::string& name,
                     const std::vector<ir::Label>& labels);

}  // namespace appnet::backend::nftables
