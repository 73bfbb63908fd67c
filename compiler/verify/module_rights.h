#pragma once
// Contract: who may do what with which packet type, and when: for each (type, permission, domain) the
// condition under which it is allowed and the one under which it is logged. Conditions are canonical ids of
// one flow::Conditions, so two tables over it are equal exactly when they mean the same.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "flow/condition.h"

namespace appnet::verify {

// Names as numbers; shared by the tables that are compared.
class Names {
 public:
  std::uint32_t Of(std::string_view name);
  const std::string& Text(std::uint32_t number) const { return texts_[number]; }

 private:
  std::unordered_map<std::string_view, std::uint32_t> numbers_;  // by texts_
  std::deque<std::string> texts_;                                // a deque keeps references
};

class Rights {
 public:
  struct Entry {
    std::uint32_t type, permission, domain;
    flow::ConditionId allowed, audited;
    friend bool operator==(const Entry&, const Entry&) = default;
  };

  // Both outlive the table.
  Rights(Names& names, flow::Conditions& conditions) : names_(&names), conditions_(&conditions) {}

  void Allow(std::string_view domain, std::string_view permission, std::string_view type,
             flow::ConditionId when);
  void Audit(std::string_view domain, std::string_view permission, std::string_view type,
             flow::ConditionId when);
  // Each domain for each type; names are numbers of Names.
  void AllowAll(std::vector<std::uint32_t> domains, std::uint32_t permission,
                std::vector<std::uint32_t> types, flow::ConditionId when);
  void AuditAll(std::vector<std::uint32_t> domains, std::uint32_t permission,
                std::vector<std::uint32_t> types, flow::ConditionId when);
  // Each (type, permission, domain) once, in an order that is the same for tables with the same Names.
  const std::vector<Entry>& Entries();

  Names& names() const { return *names_; }
  flow::Conditions& conditions() const { return *conditions_; }

 private:
  friend struct RightsComparison;
  // A rule on attributes: as many entries as domains times types. Kept as it is as long as nobody asks.
  struct Product {
    std::uint32_t permission;
    flow::ConditionId allowed, audited;
    std::vector<std::uint32_t> domains, types;  // ascending
    friend bool operator==(const Product&, const Product&) = default;
  };

  void Add(Entry entry);
  void Add(Product product);
  void Sum();

  Names* names_;
  flow::Conditions* conditions_;
  std::vector<Entry> entries_;
  std::vector<Product> products_;
  bool summed_ = true;
};

// Where two tables differ: an entry of each, of the same type, permission and domain; kNever where one has
// none. In the order of the tables.
struct Difference {
  Rights::Entry wanted, found;
};
std::vector<Difference> Differences(Rights& wanted, Rights& found);

// "`mozilla_t` may `send` on `appnet_x_packet_t`: always, but the policy says never"; of one difference there
// can be a sentence on what is allowed and one on what is logged.
std::vector<std::string> Sentences(const Difference& difference, const Names& names,
                                   const flow::Conditions& conditions);

}  // namespace appnet::verify
