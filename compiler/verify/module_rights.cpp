#include "verify/module_rights.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace appnet::verify {
namespace {

auto Place(const Rights::Entry& entry) { return std::tie(entry.type, entry.permission, entry.domain); }

}  // namespace

std::uint32_t Names::Of(std::string_view name) {
  const auto found = numbers_.find(name);
  if (found != numbers_.end()) return found->second;
  const auto number = static_cast<std::uint32_t>(texts_.size());
  numbers_.emplace(texts_.emplace_back(name), number);
  return number;
}

void Rights::Allow(std::string_view domain, std::string_view permission, std::string_view type,
                   flow::ConditionId when) {
  Add({names_->Of(type), names_->Of(permission), names_->Of(domain), when, flow::kNever});
}

void Rights::Audit(std::string_view domain, std::string_view permission, std::string_view type,
                   flow::ConditionId when) {
  Add({names_->Of(type), names_->Of(permission), names_->Of(domain), flow::kNever, when});
}

void Rights::Add(Entry entry) {
  if (entry.allowed == flow::kNever && entry.audited == flow::kNever) return;
  entries_.push_back(entry);
  summed_ = false;
}

void Rights::AllowAll(std::vector<std::uint32_t> domains, std::uint32_t permission,
                      std::vector<std::uint32_t> types, flow::ConditionId when) {
  Add(Product{permission, when, flow::kNever, std::move(domains), std::move(types)});
}

void Rights::AuditAll(std::vector<std::uint32_t> domains, std::uint32_t permission,
                      std::vector<std::uint32_t> types, flow::ConditionId when) {
  Add(Product{permission, flow::kNever, when, std::move(domains), std::move(types)});
}

void Rights::Add(Product product) {
  if (product.domains.size() == 1 && product.types.size() == 1) {
    return Add(
        Entry{product.types[0], product.permission, product.domains[0], product.allowed, product.audited});
  }
  for (std::vector<std::uint32_t>* const names : {&product.domains, &product.types}) {
    std::ranges::sort(*names);
    names->erase(std::unique(names->begin(), names->end()), names->end());
  }
  products_.push_back(std::move(product));
}

void Rights::Sum() {
  if (summed_) return;
  std::ranges::sort(entries_, {}, Place);
  std::size_t last = 0;
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    if (Place(entries_[i]) == Place(entries_[last])) {
      entries_[last].allowed = conditions_->Or(entries_[last].allowed, entries_[i].allowed);
      entries_[last].audited = conditions_->Or(entries_[last].audited, entries_[i].audited);
    } else {
      entries_[++last] = entries_[i];
    }
  }
  entries_.resize(last + 1);
  summed_ = true;
}

const std::vector<Rights::Entry>& Rights::Entries() {
  for (const Product& product : std::exchange(products_, {})) {
    for (const std::uint32_t type : product.types) {
      for (const std::uint32_t domain : product.domains)
        Add(Entry{type, product.permission, domain, product.allowed, product.audited});
    }
  }
  Sum();
  return entries_;
}

// Tables of the same products and the same other entries are equal; others may be, too.
struct RightsComparison {
  static bool SeenEqual(Rights& a, Rights& b) {
    for (Rights* const table : {&a, &b}) {
      table->Sum();
      std::ranges::sort(table->products_, {}, [](const Rights::Product& one) {
        return std::tie(one.permission, one.allowed, one.audited, one.domains, one.types);
      });
    }
    return a.products_ == b.products_ && a.entries_ == b.entries_;
  }
};

std::vector<Difference> Differences(Rights& wanted, Rights& found) {
  std::vector<Difference> differences;
  if (RightsComparison::SeenEqual(wanted, found)) return differences;
  const auto& a = wanted.Entries();
  const auto& b = found.Entries();
  const auto none_at = [](const Rights::Entry& place) {
    return Rights::Entry{place.type, place.permission, place.domain, flow::kNever, flow::kNever};
  };
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (j == b.size() || (i < a.size() && Place(a[i]) < Place(b[j]))) {
      differences.push_back({a[i], none_at(a[i])});
      ++i;
    } else if (i == a.size() || Place(b[j]) < Place(a[i])) {
      differences.push_back({none_at(b[j]), b[j]});
      ++j;
    } else {
      if (a[i].allowed != b[j].allowed || a[i].audited != b[j].audited) differences.push_back({a[i], b[j]});
      ++i;
      ++j;
    }
  }
  return differences;
}

std::vector<std::string> Sentences(const Difference& difference, const Names& names,
                                   const flow::Conditions& conditions) {
  std::vector<std::string> sentences;
  const auto compare = [&](std::string_view verb, flow::ConditionId wanted, flow::ConditionId found) {
    if (wanted == found) return;
    sentences.push_back(
        fmt::format("`{}` {} `{}` on `{}`: {}, but the policy says {}", names.Text(difference.found.domain),
                    verb, names.Text(difference.found.permission), names.Text(difference.found.type),
                    conditions.Text(found), conditions.Text(wanted)));
  };
  compare("may", difference.wanted.allowed, difference.found.allowed);
  compare("is logged for", difference.wanted.audited, difference.found.audited);
  return sentences;
}

}  // namespace appnet::verify
